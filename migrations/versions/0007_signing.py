"""signing

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('signatory',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('named_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('named_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['named_by'], ['user_account.id'], name=op.f('fk_signatory_named_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_signatory_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_signatory_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signatory'))
    )
    with op.batch_alter_table('signatory', schema=None) as batch_op:
        batch_op.create_index('ix_signatory_open', ['organisation_id', 'user_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_signatory_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signatory_user_id'), ['user_id'], unique=False)

    op.create_table('sign_off',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'signed', 'returned', 'withdrawn', 'lapsed', name='sign_off_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('asked_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_by_name', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('answered_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_by_name', sa.String(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('answered_by IS NULL OR answered_by <> asked_by', name=op.f('ck_sign_off_signed_by_another')),
    sa.CheckConstraint("state NOT IN ('signed', 'returned') OR (answered_at IS NOT NULL AND answered_by IS NOT NULL)", name=op.f('ck_sign_off_answer_is_whole')),
    sa.CheckConstraint("state <> 'signed' OR version_id IS NOT NULL", name=op.f('ck_sign_off_signed_has_version')),
    sa.CheckConstraint("state <> 'returned' OR answer <> ''", name=op.f('ck_sign_off_returned_has_reason')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_sign_off_answered_by')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_sign_off_application_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_sign_off_asked_by')),
    sa.ForeignKeyConstraint(['version_id'], ['application_version.id'], name=op.f('fk_sign_off_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_off'))
    )
    with op.batch_alter_table('sign_off', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_off_application_id'), ['application_id'], unique=False)
        batch_op.create_index('ix_sign_off_open', ['application_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    for statement in pool.core.db.immutable_triggers('sign_off', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('sign_off', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('sign_off')
    op.drop_table('signatory')
