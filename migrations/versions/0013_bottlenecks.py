"""marks of bottlenecks, and what the committee agreed about them

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db
from pool.core.db import drop_immutable_triggers, immutable_triggers

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

TABLES = ('coding', 'agreed_mark')


def upgrade() -> None:
    op.create_table('coding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assessment_id', sa.Integer(), nullable=False),
    sa.Column('bottleneck', sa.String(), nullable=False),
    sa.Column('mark', sa.Integer(), nullable=True),
    sa.Column('quotation', sa.String(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.CheckConstraint('mark between 0 and 3', name=op.f('ck_coding_mark_in_scale')),
    sa.CheckConstraint("NOT locked OR (mark IS NOT NULL AND (mark = 0 OR quotation <> ''))", name=op.f('ck_coding_locked_is_whole')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_coding_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coding')),
    sa.UniqueConstraint('assessment_id', 'bottleneck', name=op.f('uq_coding_assessment_id_bottleneck'))
    )
    op.create_table('agreed_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('bottleneck', sa.String(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('agreed', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('recorded_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('agreed between 0 and 3', name=op.f('ck_agreed_mark_agreed_in_scale')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_agreed_mark_has_reason')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_agreed_mark_application_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user_account.id'], name=op.f('fk_agreed_mark_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreed_mark'))
    )
    with op.batch_alter_table('agreed_mark', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreed_mark_application_id'), ['application_id'], unique=False)
    _triggers(immutable_triggers)


def downgrade() -> None:
    _triggers(drop_immutable_triggers)
    op.drop_table('agreed_mark')
    op.drop_table('coding')


def _triggers(make) -> None:
    for table in TABLES:
        for statement in make(table, op.get_bind().dialect.name):
            op.execute(statement)
