from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('sources', '0003_event_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='source',
            name='strict',
            field=models.BooleanField(db_default=False, default=False, help_text='Answer 400 when an event was rejected.'),
        ),
        migrations.AddField(
            model_name='source',
            name='rate_limit',
            field=models.PositiveIntegerField(blank=True, help_text='Events per second; empty for no limit.', null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='rate_burst',
            field=models.PositiveIntegerField(blank=True, help_text="Events at once; by default ten seconds' worth.", null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='ip_policy',
            field=models.CharField(choices=[('keep', 'Keep'), ('mask', 'Drop the last part'), ('drop', 'Drop')], db_default='keep', default='keep', max_length=4),
        ),
        migrations.AddField(
            model_name='source',
            name='parse_user_agent',
            field=models.BooleanField(db_default=False, default=False, help_text='Fill context.device, os and browser.'),
        ),
        migrations.AddField(
            model_name='source',
            name='flag_bots',
            field=models.BooleanField(db_default=False, default=False, help_text='Set context.bot on what crawlers send.'),
        ),
        migrations.AddField(
            model_name='source',
            name='locate',
            field=models.BooleanField(db_default=False, default=False, help_text='Fill context.location by the IP address.'),
        ),
        migrations.CreateModel(
            name='RateBucket',
            fields=[
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rate_bucket', serialize=False, to='sources.source')),
                ('level', models.FloatField()),
                ('filled_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DoorCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('what', models.CharField(choices=[('repeated', 'Repeated (X-Retry-Count)'), ('limited', 'Over the rate limit')], max_length=8)),
                ('count', models.BigIntegerField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='door_counts', to='sources.source')),
            ],
        ),
        migrations.AddConstraint(
            model_name='doorcount',
            constraint=models.UniqueConstraint(fields=('source', 'hour', 'what'), name='one_door_count_per_hour'),
        ),
    ]
