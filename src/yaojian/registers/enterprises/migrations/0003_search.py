import django.contrib.postgres.indexes
from django.db import migrations, models

import yaojian.foundation.search

COLUMNS = """code, name, pinyin, subject_type, enterprise_id, parent_id, responsible_organ_id,
    division_code, address, latitude, longitude, licence_no, business_scope, hospital_level,
    opened_on, closed_on, in_production, flags, risk_grade"""
# As of a day, too, subjects are found by what they were called then.
SUBJECT_ON = f"""
CREATE OR REPLACE VIEW enterprises_subject_on AS
SELECT subject_id AS id, valid_from, valid_to, '' AS former_names, {COLUMNS},
    upper(normalize(concat_ws(E'\\n', name, pinyin, code, licence_no, address), NFKC)) AS search_text
FROM enterprises_subjectversion WHERE replaced_by IS NULL
"""  # noqa: S608 — our own names


class Migration(migrations.Migration):
    """What subjects are found, counted and ordered by."""

    dependencies = [
        ("reference", "0002_bigrams"),
        ("enterprises", "0002_versions_and_legal_entities"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="subject",
            name="subject_organ_type",
        ),
        migrations.RemoveIndex(
            model_name="subject",
            name="subject_name_trgm",
        ),
        migrations.RemoveIndex(
            model_name="subject",
            name="subject_pinyin_trgm",
        ),
        migrations.AddField(
            model_name="subject",
            name="search_text",
            field=models.GeneratedField(
                db_persist=True,
                expression=yaojian.foundation.search.SearchText(
                    "name", "pinyin", "code", "licence_no", "address", "former_names"
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=django.contrib.postgres.indexes.GinIndex(
                yaojian.foundation.search.Bigrams("search_text"), name="subject_bigrams"
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                fields=["responsible_organ", "subject_type", "division_code", "risk_grade"],
                include=("closed_on", "merged_into"),
                name="subject_facets",
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                fields=["pinyin", "name", "id"],
                include=("responsible_organ", "division_code", "closed_on", "merged_into"),
                name="subject_order",
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("latitude__isnull", False)),
                fields=["latitude", "longitude"],
                include=("responsible_organ", "division_code", "closed_on", "merged_into", "id"),
                name="subject_position",
            ),
        ),
        migrations.RunSQL(SUBJECT_ON, migrations.RunSQL.noop),
    ]
