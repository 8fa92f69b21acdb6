from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0002_proposal'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'begun')), fields=['service_key', 'office_id', 'due_at'], name='application_waiting'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'decided')), fields=['ended_at', 'service_key', 'office_id'], name='application_ended'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'decided')), fields=['service_key', 'ended_at'], name='application_service_ended'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(condition=models.Q(('state', 'decided')), fields=['office_id', 'ended_at'], name='application_office_ended'),
        ),
    ]
