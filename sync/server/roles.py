"""Who may do what in the region's database on PostgreSQL: five roles, their rights, and what rows each one sees.

kassa_owner    owns every table; cannot log in. Only `init` and `upgrade` become it
kassa_ingest   `serve`: adds records, entries and chains, and changes just the columns that move
kassa_office   the other commands: kassa_ingest, and besides adds codes and configuration and settles flags
kassa_auditor  `audit`: reads everything but the codes, writes nothing
kassa_reader   reports of one clinic: chains, records, flags and the accounting part; no person, no other clinic

A database user is made by whoever runs the database and gets one of them: CREATE USER web IN ROLE kassa_ingest. Every
connection also asks for its role at its start, so that one that was opened by a more powerful user has no more rights
by accident. Disposal after the years of retention will be a role of its own, with one function (RECORDS 2.6).

The signer has no role: it needs no database. SQLite has no roles: who can write the file can do everything there.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from sync.server import tables as t

OWNER = "kassa_owner"
INGEST = "kassa_ingest"
OFFICE = "kassa_office"
AUDITOR = "kassa_auditor"
READER = "kassa_reader"
USED = (INGEST, OFFICE, AUDITOR, READER)

VERSION_TABLE = "alembic_version"
CLINIC_SETTING = "kassa.clinic"
"""A reader says whose report it makes: SET kassa.clinic = 'ekbacken'. It narrows a report; it is no wall between
clinics, for the reader sets it itself. That no person is seen is one."""

_IMPERSONAL = "a"  # The one part that a reader sees; any other may be a person's.
_ALL = tuple(t.metadata.tables)
_CODES = ("code", "code_till")
_ADDED = ("chain", "record", "part", "leaf", "node", "quarantine", "flag", "transfer", "access")
_READ = {
    INGEST: _ALL,
    AUDITOR: tuple(name for name in _ALL if name not in _CODES),
    READER: ("chain", "record", "part", "flag"),
}
_INSERT = {INGEST: _ADDED, OFFICE: (*_CODES, "config", "config_part")}
_DELETE = {OFFICE: ("flag",)}  # A supervisor has found out what was doubtful.
_UPDATE = {
    INGEST: {
        "chain": ("next_seq", "head", "verified_seq", "contact_ms", "closed_ms"),
        "ledger": ("size", "at_ms"),
        "code": ("tries_left",),
        "code_till": ("chain",),
    },
}
_OF_THE_CLINIC = f"clinic = current_setting('{CLINIC_SETTING}', true)"
_OF_ITS_CHAINS = f"chain IN (SELECT c.chain FROM chain c WHERE c.{_OF_THE_CLINIC})"  # noqa: S608 - our own names
ROWS = {
    "chain": _OF_THE_CLINIC,
    "record": _OF_ITS_CHAINS,
    "part": f"name = '{_IMPERSONAL}' AND {_OF_ITS_CHAINS}",
    "flag": _OF_ITS_CHAINS,
    "quarantine": "false",
}
"""Tables under row level security, and the rows that a reader sees of each."""


_FOREIGN = """
SELECT 'TABLE' AS kind, oid::regclass::text AS name FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND pg_get_userbyid(relowner) <> :owner
UNION ALL
SELECT 'FUNCTION', oid::regprocedure::text FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND pg_get_userbyid(proowner) <> :owner
"""


_POLICIES = "SELECT quote_ident(policyname), quote_ident(tablename) FROM pg_policies WHERE schemaname = 'public'"
_FORCED = """
SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity
"""


def option(role: str) -> str:
    """What a connection says at its start to have this role's rights and no others; "": as its user may."""
    return f"-c role={role}" if role else ""


def make(db: Connection, *, alone: bool = False) -> None:
    """Make the roles that are missing, and keep everybody else out of the database. Needs who may do that.

    `alone`: no other users are planned, so this one shall be able to do the daily work too.
    """
    for role in (OWNER, *USED):
        _make(db, role)
    _join(db, OFFICE, INGEST)
    name = db.execute(text("SELECT quote_ident(current_database())")).scalar_one()
    for role in (OWNER, OFFICE) if alone else (OWNER,):
        if not _is_member(db, role):
            db.exec_driver_sql(f"GRANT {role} TO CURRENT_USER")
    for statement in (
        f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {name} TO {', '.join(USED)}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {', '.join(USED)}",
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
    ):
        db.exec_driver_sql(statement)


def become_owner(db: Connection) -> None:
    """For the rest of the transaction; what somebody else made is taken over first."""
    for kind, name in db.execute(text(_FOREIGN), {"owner": OWNER}).all():
        db.exec_driver_sql(f"ALTER {kind} {name} OWNER TO {OWNER}")
    db.exec_driver_sql(f"SET LOCAL ROLE {OWNER}")


def grant(db: Connection) -> None:
    """Give each role its rights and rows, and take away all others; to be called as the owner."""
    for role in ("PUBLIC", *USED):
        db.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
    for statement in (*_grants(), *_row_security()):
        db.exec_driver_sql(statement)


def lift_row_security(db: Connection) -> None:
    """Let the owner see all rows and rebuild any table, for a migration; `grant` ends it."""
    for policy, table in db.execute(text(_POLICIES)).all():
        db.exec_driver_sql(f"DROP POLICY {policy} ON {table}")
    for table in db.scalars(text(_FORCED)).all():
        db.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def may_take(db: Connection, role: str) -> bool:
    """Whether the user of this connection may have that role."""
    return bool(db.execute(text("SELECT pg_has_role(session_user, :role, 'MEMBER')"), {"role": role}).scalar_one())


def _make(db: Connection, role: str) -> None:
    if db.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first() is None:
        made = f"CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;"
        db.exec_driver_sql(f"DO $$ BEGIN {made} END $$")  # Another region of the same server may be quicker.


def _join(db: Connection, member: str, role: str) -> None:
    asked = {"member": member, "role": role}
    if not db.execute(text("SELECT pg_has_role(:member, :role, 'MEMBER')"), asked).scalar_one():
        db.exec_driver_sql(f"GRANT {role} TO {member}")


def _is_member(db: Connection, role: str) -> bool:
    return bool(db.execute(text("SELECT pg_has_role(current_user, :role, 'MEMBER')"), {"role": role}).scalar_one())


def _grants() -> Iterable[str]:
    yield f"GRANT SELECT ON {VERSION_TABLE} TO {', '.join(USED)}"
    for role, tables in _READ.items():
        yield f"GRANT SELECT ON {', '.join(tables)} TO {role}"
    for role, tables in _INSERT.items():
        yield f"GRANT INSERT ON {', '.join(tables)} TO {role}"
    for role, tables in _DELETE.items():
        yield f"GRANT DELETE ON {', '.join(tables)} TO {role}"
    for role, columns in _UPDATE.items():
        for table, names in columns.items():
            yield f"GRANT UPDATE ({', '.join(names)}) ON {table} TO {role}"


def _row_security() -> Iterable[str]:
    """Nobody sees a row without a policy, not even the owner (FORCE); partitions have none: one goes by the whole."""
    for table, seen in ROWS.items():
        for name in (table, *_partitions(table)):
            yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
            yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
        yield from _policy(table, "ingest", f"FOR ALL TO {INGEST} USING (true) WITH CHECK (true)")
        yield from _policy(table, "auditor", f"FOR SELECT TO {AUDITOR} USING (true)")
        yield from _policy(table, "reader", f"FOR SELECT TO {READER} USING ({seen})")


def _policy(table: str, name: str, says: str) -> Iterable[str]:
    yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY {name} ON {table} {says}"


def _partitions(table: str) -> list[str]:
    return t.partitions(table) if t.metadata.tables[table] in t.BY_CHAIN else []
