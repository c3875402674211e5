"""Numbers, observed schema and index of users, all kept up by readers of the log."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# For the debugger: positions by hash of (source, user), written in bulk after the commit.
CREATE_USERS = """
CREATE TABLE sources_eventuser (
    user_key bigint NOT NULL,
    position bigint NOT NULL,
    received_at timestamptz NOT NULL
) PARTITION BY RANGE (received_at);
CREATE INDEX sources_eventuser_user ON sources_eventuser (user_key, position);
"""


def make_partitions(apps, schema_editor):
    from sources import partitions

    with schema_editor.connection.cursor() as cursor:
        for name in partitions.names():
            partitions.make_users(cursor, name)


class Migration(migrations.Migration):

    dependencies = [
        ('sources', '0004_tracking'),
    ]

    operations = [
        migrations.AddField(
            model_name='rejection',
            name='blocked',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='source',
            name='labels',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='source',
            name='retention_days',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='writekey',
            name='allowed_origins',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name='SchemaEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=8)),
                ('name', models.CharField(blank=True, max_length=255)),
                ('count', models.BigIntegerField(default=0)),
                ('blocked_count', models.BigIntegerField(default=0)),
                ('more_property_count', models.BigIntegerField(default=0, help_text='Seen beyond the most kept.')),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('blocked', models.BooleanField(default=False)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='schema_events', to='sources.source')),
            ],
        ),
        migrations.CreateModel(
            name='SchemaProperty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=255)),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=7), size=None)),
                ('samples', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('count', models.BigIntegerField(default=0)),
                ('blocked_count', models.BigIntegerField(default=0)),
                ('first_seen_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
                ('blocked', models.BooleanField(default=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='properties', to='sources.schemaevent')),
            ],
            options={
                'ordering': ['path'],
            },
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grain', models.CharField(choices=[('m', 'minute'), ('h', 'hour')], max_length=1)),
                ('kind', models.CharField(choices=[('all', 'All'), ('type', 'Type'), ('name', 'Event'), ('library', 'Library'), ('code', 'Reason')], max_length=7)),
                ('at', models.DateTimeField()),
                ('step', models.CharField(choices=[('stored', 'Eligible'), ('failed', 'Failed on ingest'), ('filtered', 'Filtered at source')], max_length=8)),
                ('value', models.CharField(max_length=255)),
                ('count', models.BigIntegerField()),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tallies', to='sources.source')),
            ],
        ),
        migrations.AddIndex(
            model_name='schemaevent',
            index=models.Index(condition=models.Q(('blocked', True)), fields=['source'], name='blocked_schema_event'),
        ),
        migrations.AddConstraint(
            model_name='schemaevent',
            constraint=models.UniqueConstraint(fields=('source', 'type', 'name'), name='one_schema_event'),
        ),
        migrations.AddIndex(
            model_name='schemaproperty',
            index=models.Index(condition=models.Q(('blocked', True)), fields=['event'], name='blocked_schema_property'),
        ),
        migrations.AddConstraint(
            model_name='schemaproperty',
            constraint=models.UniqueConstraint(fields=('event', 'path'), name='one_schema_path'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('source', 'grain', 'kind', 'at', 'step', 'value'), name='one_tally_per_value'),
        ),
        migrations.RunSQL(CREATE_USERS, "DROP TABLE sources_eventuser"),
        migrations.RunPython(make_partitions, migrations.RunPython.noop),
    ]
