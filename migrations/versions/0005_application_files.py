"""files of applications

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('application_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('quarantined', 'clean', 'infected', 'unscanned', name='file_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('received_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('received_by', sa.Integer(), nullable=True),
    sa.Column('received_by_name', sa.String(), nullable=False),
    sa.Column('scanned_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('finding', sa.String(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("state NOT IN ('clean', 'infected') OR scanned_at IS NOT NULL", name=op.f('ck_application_file_scanned_has_moment')),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_application_file_sha256_is_whole')),
    sa.CheckConstraint('size > 0', name=op.f('ck_application_file_size_above_zero')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_file_application_id')),
    sa.ForeignKeyConstraint(['received_by'], ['user_account.id'], name=op.f('fk_application_file_received_by')),
    sa.ForeignKeyConstraint(['version_id'], ['application_version.id'], name=op.f('fk_application_file_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_file')),
    sa.UniqueConstraint('application_id', 'document', 'name', 'sha256', name=op.f('uq_application_file_application_id_document_name_sha256')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('application_file', schema=None) as batch_op:
        batch_op.create_index('ix_application_file_sha256', ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_application_file_version_id'), ['version_id'], unique=False)

    for statement in pool.core.db.immutable_triggers('application_file', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('application_file', op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table('application_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_file_version_id'))
        batch_op.drop_index('ix_application_file_sha256')

    op.drop_table('application_file')
