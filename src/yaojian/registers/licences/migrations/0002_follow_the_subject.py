from datetime import date

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Coalesce

# FOR SHARE: a subject that moves in another transaction is waited for, so that no copy is left behind.
TRIGGERS = """
CREATE FUNCTION licence_takes_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT responsible_organ_id, division_code INTO NEW.organ_id, NEW.division_code
    FROM enterprises_subject WHERE id = NEW.subject_id FOR SHARE;
    RETURN NEW;
END $$;
CREATE TRIGGER licence_takes_place
    BEFORE INSERT OR UPDATE OF subject_id, organ_id, division_code ON licences_licence
    FOR EACH ROW EXECUTE FUNCTION licence_takes_place();
CREATE FUNCTION licences_follow_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE licences_licence SET organ_id = NEW.responsible_organ_id, division_code = NEW.division_code
    WHERE subject_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER licences_follow_subject
    AFTER UPDATE OF responsible_organ_id, division_code ON enterprises_subject
    FOR EACH ROW WHEN (
        (OLD.responsible_organ_id, OLD.division_code)
        IS DISTINCT FROM (NEW.responsible_organ_id, NEW.division_code)
    ) EXECUTE FUNCTION licences_follow_subject();
"""
UNDO = """
DROP TRIGGER licences_follow_subject ON enterprises_subject;
DROP FUNCTION licences_follow_subject;
DROP TRIGGER licence_takes_place ON licences_licence;
DROP FUNCTION licence_takes_place;
"""


class Migration(migrations.Migration):
    """A licence's organ and place are those of its subject, kept by the database; lists are ordered by them."""

    dependencies = [("licences", "0001_initial")]

    operations = [
        migrations.RunSQL(TRIGGERS, UNDO),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(Coalesce("valid_to", Value(date.max)), "id", name="licence_ends_first"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(
                fields=["organ", "division_code", "kind", "state"],
                include=("state_since", "valid_from", "valid_to"),
                name="licence_facets",
            ),
        ),
    ]
