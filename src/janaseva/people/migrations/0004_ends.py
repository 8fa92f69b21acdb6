"""What has ended is found by its end: sessions, codes and budgets, of each of which a state makes some 100,000 a day."""

from django.db import migrations, models

from janaseva.core.indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('people', '0003_arrangements'),
    ]

    operations = [
        AddIndexBeside(
            model_name='session',
            index=models.Index(fields=['ends_at'], name='session_ends'),
        ),
        AddIndexBeside(
            model_name='challenge',
            index=models.Index(fields=['ends_at'], name='challenge_ends'),
        ),
        AddIndexBeside(
            model_name='budget',
            index=models.Index(fields=['ends_at'], name='budget_ends'),
        ),
    ]
