"""a study of how firm an allocation is

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BEFORE = ('rankings', 'explanations', 'frontier')
AFTER = (*BEFORE, 'stability')
TABLE = 'allocation_study'


def upgrade() -> None:
    _kinds(BEFORE, AFTER)


def downgrade() -> None:
    _kinds(AFTER, BEFORE)


def _kinds(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Let the table take other kinds. SQLite makes the table anew, which takes its triggers away, so they are made
    again; rows of a kind that is no longer known can be worked out again and go."""
    dialect = op.get_bind().dialect.name
    for statement in pool.core.db.drop_immutable_triggers(TABLE, dialect):
        op.execute(statement)
    known = ', '.join(f"'{kind}'" for kind in new)
    op.execute(f'DELETE FROM {TABLE} WHERE kind NOT IN ({known})')
    with op.batch_alter_table(TABLE) as batch_op:
        batch_op.alter_column('kind', existing_type=_enum(old), type_=_enum(new), existing_nullable=False)
    for statement in pool.core.db.immutable_triggers(TABLE, dialect):
        op.execute(statement)


def _enum(kinds: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*kinds, name='study_kind', native_enum=False, create_constraint=True, length=40)
