"""Columns that hold, as it is stored, what lets somebody in. The auditors' role reads none of them.

Of those that are held against the trail it learns the mark, by functions of the database that read with the owner's rights. They
are made after every migrate, like the triggers; `audits.database_roles` says who may call them.
"""

from collections.abc import Collection, Iterator

# What a mark is the SHA-256 of, before what is stored.
PREFIX = "sekisho mark\n"
# Table -> columns, and the type of its key.
MARKED = {
    "users_user": ("bigint", ("password",)),
    "allauth_idp_oidc_client": ("text", ("secret",)),
    "allauth_idp_oidc_token": ("bigint", ("hash",)),
    "access_requests_scimtoken": ("bigint", ("digest",)),
    "access_requests_personaltoken": ("bigint", ("device_code_digest",)),
    "access_requests_webhookendpoint": ("bigint", ("secret", "previous_secret")),
}
# And what nothing is held against.
HIDDEN = {**{table: columns for table, (_key, columns) in MARKED.items()}, "mfa_authenticator": ("data",)}


def function(table: str, column: str) -> str:
    return f"audits_mark_{table}_{column}"


def functions(tables: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield name and type of the key of each function of these tables."""
    for table, (key, columns) in MARKED.items():
        if table in tables:
            yield from ((function(table, column), key) for column in columns)


def made(tables: Collection[str]) -> Iterator[str]:
    """Yield what makes the functions: for nobody but the owner, until rights are granted."""
    for table, (key, columns) in MARKED.items():
        for column in columns if table in tables else ():
            name = f"{function(table, column)}({key})"
            yield f"""CREATE OR REPLACE FUNCTION {name} RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
                SET search_path = pg_catalog, pg_temp AS $$
                    SELECT encode(sha256(convert_to('{PREFIX}' || {column}, 'UTF8')), 'hex') FROM public.{table} WHERE id = $1
                $$"""  # noqa: S608  Fixed words.
            yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
