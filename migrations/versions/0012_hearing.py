"""a municipality is heard before its application is refused

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db
from pool.core.db import drop_immutable_triggers, immutable_triggers

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

STATES = ('draft', 'submitted', 'supplement_requested', 'supplemented', 'complete', 'inadmissible', 'withdrawn')
STATES_NOW = (*STATES[:4], 'hearing', 'heard', *STATES[4:])
OUTCOMES = ('complete', 'supplement', 'inadmissible')
OUTCOMES_NOW = ('complete', 'supplement', 'not_handled', 'intended', 'inadmissible')


def upgrade() -> None:
    _allow('application', 'state', 'application_state', STATES, STATES_NOW)
    _allow('completeness_check', 'outcome', 'completeness', OUTCOMES, OUTCOMES_NOW)
    op.create_table('hearing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('check_id', sa.Integer(), nullable=False),
    sa.Column('until', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('answered_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('upheld', 'dropped', 'lapsed', name='hearing_outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('weighing', sa.String(), nullable=False),
    sa.Column('concluded_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('concluded_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('(outcome IS NULL) = (concluded_at IS NULL)', name=op.f('ck_hearing_outcome_has_moment')),
    sa.CheckConstraint('answered_at IS NULL OR answered_at <= until', name=op.f('ck_hearing_answer_in_time')),
    sa.CheckConstraint("outcome IS NULL OR outcome <> 'upheld' OR answered_at IS NOT NULL OR concluded_at > until", name=op.f('ck_hearing_refused_after_hearing')),
    sa.CheckConstraint("outcome IS NULL OR outcome <> 'dropped' OR weighing <> ''", name=op.f('ck_hearing_dropped_has_reason')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_hearing_application_id')),
    sa.ForeignKeyConstraint(['check_id'], ['completeness_check.id'], name=op.f('fk_hearing_check_id')),
    sa.ForeignKeyConstraint(['concluded_by'], ['user_account.id'], name=op.f('fk_hearing_concluded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hearing')),
    sa.UniqueConstraint('check_id', name=op.f('uq_hearing_check_id'))
    )
    with op.batch_alter_table('hearing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_application_id'), ['application_id'], unique=False)
        batch_op.create_index('ix_hearing_open', ['application_id'], unique=True, sqlite_where=sa.text('outcome IS NULL'), postgresql_where=sa.text('outcome IS NULL'))
    op.create_table('hearing_view',
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('given_by', sa.Integer(), nullable=True),
    sa.Column('given_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['given_by'], ['user_account.id'], name=op.f('fk_hearing_view_given_by')),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing.id'], name=op.f('fk_hearing_view_hearing_id')),
    sa.PrimaryKeyConstraint('hearing_id', name=op.f('pk_hearing_view'))
    )
    _triggers(immutable_triggers, 'hearing', 'hearing_view')


def downgrade() -> None:
    """Who was being heard is back at the check; an intention is no outcome any more."""
    _triggers(drop_immutable_triggers, 'hearing', 'hearing_view', 'completeness_check')
    op.drop_table('hearing_view')
    op.drop_table('hearing')
    op.execute("UPDATE application SET state = 'submitted' WHERE state IN ('hearing', 'heard')")
    op.execute("DELETE FROM completeness_check WHERE outcome = 'intended'")
    op.execute("UPDATE completeness_check SET outcome = 'inadmissible' WHERE outcome = 'not_handled'")
    _triggers(immutable_triggers, 'completeness_check')
    _allow('completeness_check', 'outcome', 'completeness', OUTCOMES_NOW, OUTCOMES)
    _allow('application', 'state', 'application_state', STATES_NOW, STATES)


def _triggers(make, *tables: str) -> None:
    for table in tables:
        for statement in make(table, op.get_bind().dialect.name):
            op.execute(statement)


def _allow(table: str, column: str, enum: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Let a column take other values.

    SQLite cannot change a CHECK, and making these tables anew would orphan the rows that point to them. So there
    the text of the schema is changed, which SQLite documents for changes that leave what is stored as it is
    (https://www.sqlite.org/lang_altertable.html, end of section 7).
    """
    before, after = (f"{column} IN ({', '.join(repr(value) for value in values)})" for values in (old, new))
    bind, name = op.get_bind(), f'ck_{table}_{enum}'
    if bind.dialect.name != 'sqlite':
        op.execute(f'ALTER TABLE {table} DROP CONSTRAINT {name}')
        op.execute(f'ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({after})')
        return
    version = bind.exec_driver_sql('PRAGMA schema_version').scalar_one()
    bind.exec_driver_sql('PRAGMA writable_schema=ON')
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after) "
            "WHERE type = 'table' AND name = :name AND instr(sql, :before)"
        ),
        {'before': before, 'after': after, 'name': table},
    )
    bind.exec_driver_sql(f'PRAGMA schema_version={version + 1}')
    bind.exec_driver_sql('PRAGMA writable_schema=OFF')
    if changed.rowcount != 1:
        raise RuntimeError(f'the CHECK {name} was not found')
