"""Payments of the last days that ended without a debit are found by the day, for the bank is asked after them again."""

from django.db import migrations, models

from janaseva.core.indexes import AddIndexBeside


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('payments', '0002_later_fees'),
    ]

    operations = [
        AddIndexBeside(
            model_name='payment',
            index=models.Index(condition=models.Q(('state__in', ('abandoned', 'failed'))), fields=['started_at'], name='payment_without_debit'),
        ),
    ]
