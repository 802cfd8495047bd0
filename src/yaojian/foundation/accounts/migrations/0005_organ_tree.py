"""Periods for the organs there are, and a guard in the database against a tree that bites its own tail."""

from datetime import date

from django.db import migrations

RECORDS_BEGIN = date(2019, 1, 1)

GUARD = """
CREATE FUNCTION accounts_refuse_cyclic_organs() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    here bigint := NEW.parent_id;
    steps integer := 0;
BEGIN
    -- Moves wait for one another: two that are harmless alone could close a cycle together.
    PERFORM pg_advisory_xact_lock(7303783);
    WHILE here IS NOT NULL LOOP
        IF here = NEW.id OR steps > 100 THEN
            RAISE EXCEPTION 'organ % would stand under itself', NEW.code
                USING ERRCODE = 'check_violation', CONSTRAINT = 'organ_tree_has_no_cycle';
        END IF;
        steps := steps + 1;
        SELECT parent_id INTO here FROM accounts_organ WHERE id = here;
    END LOOP;
    RETURN NEW;
END;
$$;
CREATE TRIGGER organ_tree_has_no_cycle BEFORE INSERT OR UPDATE OF parent_id ON accounts_organ
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_cyclic_organs();
"""

NO_GUARD = """
DROP TRIGGER organ_tree_has_no_cycle ON accounts_organ;
DROP FUNCTION accounts_refuse_cyclic_organs();
"""


def enter_periods(apps, schema_editor):
    organ_periods = apps.get_model("accounts", "OrganPeriod").objects
    organs = apps.get_model("accounts", "Organ").objects
    organ_periods.bulk_create(
        organ_periods.model(
            organ_id=organ.pk,
            name=organ.name,
            name_en=organ.name_en,
            short_name=organ.short_name,
            level=organ.level,
            kind="bureau" if organ.level != "township" else "team",
            parent_id=organ.parent_id,
            territories=organ.territories,
            valid_from=RECORDS_BEGIN,
        )
        for organ in organs.all()
    )
    organs.filter(level="township").update(kind="team")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_organ_periods")]

    operations = [
        migrations.RunPython(enter_periods, migrations.RunPython.noop),
        # What was written above is checked now: a table with checks outstanding takes no new trigger.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
