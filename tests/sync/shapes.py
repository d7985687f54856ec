"""Databases of older and newer programs, and what a database says of its own shape."""
# ruff: noqa: S608 - the names are our own

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from sync.server import shape, storage, tables

MIGRATIONS = Path(shape.__file__).parent / "migrations"

_SQLITE = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
_POSTGRESQL = {
    "columns": "SELECT attrelid::regclass::text || '.' || attname, "
    "format_type(atttypid, atttypmod) || ' ' || attnotnull FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
    "WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p')",
    "order": "SELECT attrelid::regclass::text, string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
    "JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 "
    "AND NOT attisdropped AND relkind IN ('r', 'p') GROUP BY 1",
    "constraints": "SELECT conrelid::regclass::text || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND contype <> 'n'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "tables": "SELECT oid::regclass::text, concat_ws(' ', relkind::text, pg_get_userbyid(relowner), relrowsecurity, "
    "relforcerowsecurity, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid), "
    "(SELECT string_agg(entry::text, ',' ORDER BY entry::text) FROM unnest(relacl) entry)) FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
    "column rights": "SELECT attrelid::regclass::text || '.' || attname, attacl::text FROM pg_attribute "
    "WHERE attacl IS NOT NULL AND attrelid::regclass::text NOT LIKE 'pg_%'",
    "triggers": "SELECT tgrelid::regclass::text || ' ' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text "
    "FROM pg_trigger",
    "policies": "SELECT tablename || ' ' || policyname, concat_ws(' ', roles, cmd, qual, with_check) FROM pg_policies",
    "functions": "SELECT oid::regprocedure::text, pg_get_functiondef(oid) || pg_get_userbyid(proowner) FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace",
}


def catalog(database: str) -> dict[str, str]:
    """Everything that a database says of itself: tables, columns, checks, partitions, triggers, rights, policies."""
    engine = storage.open_engine(database)
    with storage.reading(engine) as db:
        questions = {"sql": _SQLITE} if db.dialect.name == "sqlite" else _POSTGRESQL
        said = {
            f"{what}: {name}": " ".join(str(value).split())
            for what, question in questions.items()
            for name, value in db.execute(text(question))
        }
    engine.dispose()
    return said


def migrate(db: Connection, number: str) -> None:
    """Take the steps up to `number` and nothing else: no guards, no rights."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = db
    command.upgrade(config, number)


def make_first(database: str, rows_of: str | None = None) -> None:
    """A database as the first regions had it: no version, no roles, their guards; with the rows of another one."""
    rows = _rows(rows_of) if rows_of else {}
    engine = storage.open_engine(database)
    with storage.writing(engine) as db:
        migrate(db, "0001")
        db.execute(text("DROP TABLE alembic_version"))
        for table, found in rows.items():
            for row in found:
                _add(db, table, row)
        _first_guards(db)
    engine.dispose()


def _rows(database: str) -> dict[str, list[dict[str, object]]]:
    engine = storage.open_engine(database)
    with storage.reading(engine) as db:
        found = {
            name: [dict(row._mapping) for row in db.execute(table.select())]
            for name, table in tables.metadata.tables.items()
        }
    engine.dispose()
    for row in found["chain"]:
        del row["parent"], row["closed_ms"]
    return found


def _add(db: Connection, table: str, row: dict[str, object]) -> None:
    if table == "ledger":
        db.execute(text("UPDATE ledger SET size = :size, at_ms = :at_ms WHERE one = :one"), row)
        return
    names = ", ".join(f":{name}" for name in row)
    db.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({names})"), row)


def _first_guards(db: Connection) -> None:
    """The guards that the first program put up, on one table for all."""
    if db.dialect.name == "sqlite":
        refuse = "BEGIN SELECT RAISE(ABORT, 'record is append-only'); END"
        db.execute(text(f"CREATE TRIGGER record_no_update BEFORE UPDATE ON record {refuse}"))
        again = "EXISTS (SELECT 1 FROM record WHERE chain = NEW.chain AND seq = NEW.seq)"
        db.execute(text(f"CREATE TRIGGER record_no_replace BEFORE INSERT ON record WHEN {again} {refuse}"))
        return
    body = "BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END"
    db.execute(text(f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
    for name, act in (("change", "UPDATE OR DELETE"), ("truncate", "TRUNCATE")):
        each = "STATEMENT" if act == "TRUNCATE" else "ROW"
        db.execute(
            text(
                f"CREATE TRIGGER record_no_{name} BEFORE {act} ON record "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
            )
        )


def change(database: str, statement: str) -> None:
    """Run one statement with every right there is."""
    engine = storage.open_engine(database)
    try:
        with storage.writing(engine) as db:
            db.execute(text(statement))
    finally:
        engine.dispose()
