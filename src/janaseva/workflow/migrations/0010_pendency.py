"""What the figures of an office are counted by: open cases and clocks that run, without a look at any of their rows."""

from django.db import migrations, models

from janaseva.core.indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('workflow', '0009_desks'),
    ]

    operations = [
        AddIndexBeside(
            model_name='case',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['office', 'arrived_at', 'id'], name='workflow_case_open'),
        ),
        AddIndexBeside(
            model_name='deadline',
            index=models.Index(condition=models.Q(('met_at', None), ('step', '')), fields=['due_at', 'case'], name='workflow_deadline_runs'),
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='workflow_case_office_ended',
        ),
    ]
