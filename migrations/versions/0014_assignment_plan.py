"""a plan of who reads what

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assignment_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'final', 'dropped', name='plan_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('maximum', sa.Integer(), nullable=True),
    sa.Column('own_region', sa.Boolean(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('made_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('final_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('final_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('maximum > 0', name=op.f('ck_assignment_plan_maximum_positive')),
    sa.CheckConstraint("state <> 'final' OR (final_at IS NOT NULL AND sha256 <> '')", name=op.f('ck_assignment_plan_final_is_fixed')),
    sa.ForeignKeyConstraint(['changed_by'], ['user_account.id'], name=op.f('fk_assignment_plan_changed_by')),
    sa.ForeignKeyConstraint(['final_by'], ['user_account.id'], name=op.f('fk_assignment_plan_final_by')),
    sa.ForeignKeyConstraint(['made_by'], ['user_account.id'], name=op.f('fk_assignment_plan_made_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_assignment_plan_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment_plan'))
    )
    with op.batch_alter_table('assignment_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_plan_round_id'), ['round_id'], unique=False)
        batch_op.create_index('uq_assignment_plan_draft', ['round_id'], unique=True, sqlite_where=sa.text("state = 'draft'"), postgresql_where=sa.text("state = 'draft'"))
    for statement in pool.core.db.immutable_triggers('assignment_plan', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('assignment_plan', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('assignment_plan')
