from django.db import migrations

FORWARD = """
CREATE FUNCTION analysis_report_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a report is frozen; make another one that replaces it';
END $$;
CREATE TRIGGER report_is_frozen BEFORE UPDATE OR DELETE ON analysis_report
    FOR EACH ROW EXECUTE FUNCTION analysis_report_is_frozen();
"""
BACKWARD = """
DROP TRIGGER report_is_frozen ON analysis_report;
DROP FUNCTION analysis_report_is_frozen();
"""


class Migration(migrations.Migration):
    """Refuse changes of reports in the database, whoever asks."""

    dependencies = [("analysis", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
