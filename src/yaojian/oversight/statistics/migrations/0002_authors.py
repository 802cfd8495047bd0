"""Who entered, changed or handed in a statement is kept, and none of them confirms it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AUTHORS = """
UPDATE statistics_statistic SET authors = ARRAY[entered_by_id],
    submitted_by_id = CASE WHEN submitted_at IS NOT NULL THEN entered_by_id END;
UPDATE statistics_statistic s SET authors = ARRAY(
    SELECT s.entered_by_id UNION
    SELECT a.actor_id FROM ledger_act a WHERE a.file_kind = 'statistic' AND a.file_id = s.id
        AND a.kind IN ('statistic.entered', 'statistic.correction_entered', 'statistic.changed',
                       'statistic.submitted'))
    WHERE s.confirmed_by_id IS NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""
SETTLED = """
DROP TRIGGER statistic_settled_kept ON statistics_statistic;
CREATE TRIGGER statistic_settled_kept BEFORE UPDATE ON statistics_statistic FOR EACH ROW
    WHEN (OLD.state IN ('confirmed', 'replaced') AND (
        NEW.state NOT IN ('confirmed', 'replaced')
        OR (OLD.datum, OLD.organ_id, OLD.first_on, OLD.last_on, OLD.dims_key, OLD.amount, OLD.grade,
            OLD.sample_size, OLD.method, OLD.entered_by_id, OLD.authors, OLD.submitted_by_id,
            OLD.confirmed_by_id)
        IS DISTINCT FROM
           (NEW.datum, NEW.organ_id, NEW.first_on, NEW.last_on, NEW.dims_key, NEW.amount, NEW.grade,
            NEW.sample_size, NEW.method, NEW.entered_by_id, NEW.authors, NEW.submitted_by_id,
            NEW.confirmed_by_id)))
    EXECUTE FUNCTION statistic_keep_settled();
CREATE TRIGGER statistic_never_emptied BEFORE TRUNCATE ON statistics_statistic
    FOR EACH STATEMENT EXECUTE FUNCTION statistic_keep_settled();
"""
BACK = """
DROP TRIGGER statistic_never_emptied ON statistics_statistic;
DROP TRIGGER statistic_settled_kept ON statistics_statistic;
CREATE TRIGGER statistic_settled_kept BEFORE UPDATE ON statistics_statistic FOR EACH ROW
    WHEN (OLD.state IN ('confirmed', 'replaced') AND (
        NEW.state NOT IN ('confirmed', 'replaced')
        OR (OLD.datum, OLD.organ_id, OLD.first_on, OLD.last_on, OLD.dims_key, OLD.amount, OLD.grade,
            OLD.sample_size, OLD.method, OLD.entered_by_id, OLD.confirmed_by_id)
        IS DISTINCT FROM
           (NEW.datum, NEW.organ_id, NEW.first_on, NEW.last_on, NEW.dims_key, NEW.amount, NEW.grade,
            NEW.sample_size, NEW.method, NEW.entered_by_id, NEW.confirmed_by_id)))
    EXECUTE FUNCTION statistic_keep_settled();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_never_change_an_act"),
        ("statistics", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="statistic",
            name="authors",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="keys of all who entered, changed or handed it in",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="statistic",
            name="submitted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(AUTHORS, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="statistic", name="statistic_second_pair_of_eyes"),
        migrations.AddConstraint(
            model_name="statistic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by__isnull", True),
                    models.Q(
                        ("confirmed_by", models.F("entered_by")),
                        ("authors__contains", [models.F("confirmed_by")]),
                        _connector="OR",
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="statistic_second_pair_of_eyes",
            ),
        ),
        migrations.RunSQL(SETTLED, BACK),
    ]
