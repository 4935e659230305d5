"""studies of scores, and the own order of equal totals

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('assessment_study',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('places', 'influence', name='study_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('made_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_assessment_study_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_study')),
    sa.UniqueConstraint('kind', 'sha256', name=op.f('uq_assessment_study_kind_sha256'))
    )
    with op.batch_alter_table('assessment_study', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assessment_study_round_id'), ['round_id'], unique=False)
    op.create_table('assessment_own_place',
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('set_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('place > 0', name=op.f('ck_assessment_own_place_place_positive')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assessment_own_place_assignment_id')),
    sa.PrimaryKeyConstraint('assignment_id', name=op.f('pk_assessment_own_place'))
    )
    for statement in pool.core.db.immutable_triggers('assessment_study', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('assessment_study', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('assessment_own_place')
    op.drop_table('assessment_study')
