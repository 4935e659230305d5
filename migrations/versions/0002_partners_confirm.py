"""partners confirm

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('partner_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('partner', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('region_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('asked', 'confirmed', 'declined', 'withdrawn', name='partner_answer', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('asked_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('sent_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=True),
    sa.Column('expires_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('text', sa.JSON(), nullable=True),
    sa.Column('sha256', sa.String(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('answered_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_by_name', sa.String(), nullable=False),
    sa.CheckConstraint("(organisation_id IS NOT NULL AND region_id IS NULL AND email = '') OR (organisation_id IS NULL AND region_id IS NOT NULL AND email = '') OR (organisation_id IS NULL AND region_id IS NULL AND email <> '')", name=op.f('ck_partner_request_asks_one')),
    sa.CheckConstraint("email = '' OR (token_hash IS NOT NULL AND expires_at IS NOT NULL)", name=op.f('ck_partner_request_invitation_has_link')),
    sa.CheckConstraint("state NOT IN ('confirmed', 'declined') OR (answered_at IS NOT NULL AND answered_by_name <> '' AND sha256 IS NOT NULL)", name=op.f('ck_partner_request_answer_is_whole')),
    sa.CheckConstraint("state <> 'declined' OR note <> ''", name=op.f('ck_partner_request_declined_has_note')),
    sa.ForeignKeyConstraint(['answered_by'], ['user_account.id'], name=op.f('fk_partner_request_answered_by')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_partner_request_application_id')),
    sa.ForeignKeyConstraint(['asked_by'], ['user_account.id'], name=op.f('fk_partner_request_asked_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_partner_request_organisation_id')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_partner_request_region_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_partner_request')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_partner_request_token_hash'))
    )
    with op.batch_alter_table('partner_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_request_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_request_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_partner_request_region_id'), ['region_id'], unique=False)
        batch_op.create_index('ix_partner_request_open', ['application_id', 'partner'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    for statement in pool.core.db.immutable_triggers('partner_request', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('partner_request', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('partner_request')
