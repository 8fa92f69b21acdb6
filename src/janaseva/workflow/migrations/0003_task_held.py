from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0002_calendar_layers'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('held_at__isnull', False), ('kind', 'main')), fields=['held_at', 'case', 'office'], name='workflow_task_held'),
        ),
    ]
