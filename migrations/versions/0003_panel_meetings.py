"""panel meetings and deputies

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

IMMUTABLE = (
    'attendance',
    'item_absence',
    'meeting',
    'meeting_item',
    'meeting_minutes',
    'merit_confirmation',
    'minutes_approval',
)


def upgrade() -> None:
    op.create_table('deputy_chair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('appointed_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('appointed_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_deputy_chair_has_reason')),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= appointed_at', name=op.f('ck_deputy_chair_ends_after_start')),
    sa.ForeignKeyConstraint(['appointed_by'], ['user_account.id'], name=op.f('fk_deputy_chair_appointed_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_deputy_chair_round_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_deputy_chair_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deputy_chair'))
    )
    with op.batch_alter_table('deputy_chair', schema=None) as batch_op:
        batch_op.create_index('ux_deputy_chair_running', ['round_id', 'user_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('starts_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('show_names', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'running', 'closed', 'cancelled', name='meeting_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('planned_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('planned_by', sa.Integer(), nullable=True),
    sa.Column('opened_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('opened_by_name', sa.String(), nullable=False),
    sa.Column('closed_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("place <> ''", name=op.f('ck_meeting_has_place')),
    sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f('ck_meeting_closed_has_moment')),
    sa.CheckConstraint("state IN ('planned', 'cancelled') OR opened_at IS NOT NULL", name=op.f('ck_meeting_opened_has_moment')),
    sa.ForeignKeyConstraint(['planned_by'], ['user_account.id'], name=op.f('fk_meeting_planned_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_meeting_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_meeting_round_id_number'))
    )
    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('joined_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('left_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint('left_at IS NULL OR left_at >= joined_at', name=op.f('ck_attendance_leaves_after_joining')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_attendance_meeting_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_attendance_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index('ux_attendance_present', ['meeting_id', 'user_id'], unique=True, sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))

    op.create_table('meeting_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('discuss', 'formality', name='item_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('why', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('open', 'discussed', 'postponed', name='item_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('at_hand', sa.Boolean(), nullable=False),
    sa.Column('notes', sa.String(), nullable=False),
    sa.Column('outcome', sa.Enum('kept', 'agreed', name='item_outcome', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('before', sa.Integer(), nullable=True),
    sa.Column('counts', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('concluded_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('concluded_by', sa.Integer(), nullable=True),
    sa.Column('concluded_by_name', sa.String(), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("NOT (closed AND state = 'open')", name=op.f('ck_meeting_item_closed_is_not_open')),
    sa.CheckConstraint("outcome IS NULL OR outcome <> 'agreed' OR reason <> ''", name=op.f('ck_meeting_item_agreed_has_reason')),
    sa.CheckConstraint("state <> 'discussed' OR outcome IS NOT NULL", name=op.f('ck_meeting_item_discussed_has_outcome')),
    sa.CheckConstraint("state <> 'postponed' OR reason <> ''", name=op.f('ck_meeting_item_postponed_has_reason')),
    sa.CheckConstraint('outcome IS NULL OR counts IS NOT NULL', name=op.f('ck_meeting_item_outcome_has_score')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_meeting_item_application_id')),
    sa.ForeignKeyConstraint(['concluded_by'], ['user_account.id'], name=op.f('fk_meeting_item_concluded_by')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_item_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_item')),
    sa.UniqueConstraint('meeting_id', 'application_id', name=op.f('uq_meeting_item_meeting_id_application_id'))
    )
    with op.batch_alter_table('meeting_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_item_application_id'), ['application_id'], unique=False)

    op.create_table('meeting_minutes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('approved_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_meeting_minutes_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meeting_minutes')),
    sa.UniqueConstraint('meeting_id', name=op.f('uq_meeting_minutes_meeting_id'))
    )
    op.create_table('merit_confirmation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('merit', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('confirmed_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_merit_confirmation_application_id')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['user_account.id'], name=op.f('fk_merit_confirmation_confirmed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merit_confirmation'))
    )
    with op.batch_alter_table('merit_confirmation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merit_confirmation_application_id'), ['application_id'], unique=False)

    op.create_table('minutes_approval',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('approved_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['user_account.id'], name=op.f('fk_minutes_approval_approved_by')),
    sa.ForeignKeyConstraint(['meeting_id'], ['meeting.id'], name=op.f('fk_minutes_approval_meeting_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_minutes_approval'))
    )
    with op.batch_alter_table('minutes_approval', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_minutes_approval_meeting_id'), ['meeting_id'], unique=False)

    op.create_table('item_absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Enum('interest', 'blind', name='leave_reason', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('left_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Integer(), nullable=True),
    sa.Column('returned_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['confirmed_by'], ['user_account.id'], name=op.f('fk_item_absence_confirmed_by')),
    sa.ForeignKeyConstraint(['item_id'], ['meeting_item.id'], name=op.f('fk_item_absence_item_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_item_absence_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_item_absence'))
    )
    with op.batch_alter_table('item_absence', schema=None) as batch_op:
        batch_op.create_index('ux_item_absence_outside', ['item_id', 'user_id'], unique=True, sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    _triggers(pool.core.db.immutable_triggers)


def downgrade() -> None:
    _triggers(pool.core.db.drop_immutable_triggers)
    with op.batch_alter_table('item_absence', schema=None) as batch_op:
        batch_op.drop_index('ux_item_absence_outside', sqlite_where=sa.text('returned_at IS NULL'), postgresql_where=sa.text('returned_at IS NULL'))

    op.drop_table('item_absence')
    with op.batch_alter_table('minutes_approval', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_minutes_approval_meeting_id'))

    op.drop_table('minutes_approval')
    with op.batch_alter_table('merit_confirmation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merit_confirmation_application_id'))

    op.drop_table('merit_confirmation')
    op.drop_table('meeting_minutes')
    with op.batch_alter_table('meeting_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_meeting_item_application_id'))

    op.drop_table('meeting_item')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('ux_attendance_present', sqlite_where=sa.text('left_at IS NULL'), postgresql_where=sa.text('left_at IS NULL'))

    op.drop_table('attendance')
    op.drop_table('meeting')
    with op.batch_alter_table('deputy_chair', schema=None) as batch_op:
        batch_op.drop_index('ux_deputy_chair_running', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.drop_table('deputy_chair')


def _triggers(make) -> None:
    """Let the database itself refuse changes to what is written once."""
    for table in IMMUTABLE:
        for statement in make(table, op.get_bind().dialect.name):
            op.execute(statement)
