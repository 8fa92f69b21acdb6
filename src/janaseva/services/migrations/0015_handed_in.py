"""What was handed in of late is found by its day, with the service: for the figures on the first page."""

from django.db import migrations, models

from janaseva.core.indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('services', '0014_late'),
    ]

    operations = [
        AddIndexBeside(
            model_name='application',
            index=models.Index(condition=models.Q(('submitted_at__isnull', False)), fields=['submitted_at', 'service_key'], name='application_handed_in'),
        ),
    ]
