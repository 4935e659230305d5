"""until when assessors score

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('scoring_deadline',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('remind_days', sa.Integer(), nullable=False),
    sa.Column('set_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('set_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('remind_days BETWEEN 0 AND 30', name=op.f('ck_scoring_deadline_remind_days_in_range')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_scoring_deadline_round_id')),
    sa.ForeignKeyConstraint(['set_by'], ['user_account.id'], name=op.f('fk_scoring_deadline_set_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scoring_deadline'))
    )
    with op.batch_alter_table('scoring_deadline', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_scoring_deadline_round_id'), ['round_id'], unique=False)
    for statement in pool.core.db.immutable_triggers('scoring_deadline', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('scoring_deadline', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('scoring_deadline')
