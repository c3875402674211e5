"""The event log: one partition a day, made by sources/partitions.py."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

CREATE = """
CREATE SEQUENCE sources_event_id_seq;
-- Burn one value: from here on last_value says what was handed out, also before the first event.
SELECT nextval('sources_event_id_seq');
CREATE TABLE sources_event (
    id bigint NOT NULL DEFAULT nextval('sources_event_id_seq'),
    source_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    key uuid NOT NULL,
    type varchar(8) NOT NULL,
    name text,
    payload text NOT NULL
) PARTITION BY RANGE (received_at);
CREATE INDEX sources_event_source_position ON sources_event (source_id, id);
"""
DROP = "DROP TABLE sources_event; DROP SEQUENCE sources_event_id_seq"


def make_partitions(apps, schema_editor):
    from sources import partitions

    partitions.rotate(timezone.now(), settings.RETENTION_DAYS)


class Migration(migrations.Migration):
    dependencies = [("sources", "0002_initial")]

    operations = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunPython(make_partitions, migrations.RunPython.noop),
    ]
