"""interests weighed

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('expertise',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_expertise_theme_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_expertise_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'theme_id', name=op.f('pk_expertise'))
    )
    op.create_table('former_employer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('employer', sa.String(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('noted_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.Column('dropped_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("employer <> ''", name=op.f('ck_former_employer_has_employer')),
    sa.ForeignKeyConstraint(['noted_by'], ['user_account.id'], name=op.f('fk_former_employer_noted_by')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_former_employer_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_former_employer'))
    )
    with op.batch_alter_table('former_employer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_former_employer_user_id'), ['user_id'], unique=False)

    op.create_table('interest_measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('statement_id', sa.Integer(), nullable=True),
    sa.Column('measure', sa.Enum('barred', 'allowed', name='measure', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('decided_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('decided_by <> user_id', name=op.f('ck_interest_measure_not_about_oneself')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_interest_measure_has_reason')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_interest_measure_application_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_interest_measure_decided_by')),
    sa.ForeignKeyConstraint(['statement_id'], ['interest_statement.id'], name=op.f('fk_interest_measure_statement_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_interest_measure_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interest_measure'))
    )
    with op.batch_alter_table('interest_measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interest_measure_application_id'), ['application_id'], unique=False)
        batch_op.create_index('ix_interest_measure_who', ['user_id', 'application_id'], unique=False)

    for statement in pool.core.db.immutable_triggers('interest_measure', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('interest_measure', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('interest_measure')
    op.drop_table('former_employer')
    op.drop_table('expertise')
