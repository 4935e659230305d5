"""files with a view on an intended refusal

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('hearing_file',
    sa.Column('hearing_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['application_file.id'], name=op.f('fk_hearing_file_file_id')),
    sa.ForeignKeyConstraint(['hearing_id'], ['hearing_view.hearing_id'], name=op.f('fk_hearing_file_hearing_id')),
    sa.PrimaryKeyConstraint('hearing_id', 'position', name=op.f('pk_hearing_file'))
    )
    with op.batch_alter_table('hearing_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_hearing_file_file_id'), ['file_id'], unique=False)
    for statement in pool.core.db.immutable_triggers('hearing_file', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """The rows of the files stay; nothing lists them any more."""
    for statement in pool.core.db.drop_immutable_triggers('hearing_file', op.get_bind().dialect.name):
        op.execute(statement)
    with op.batch_alter_table('hearing_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_hearing_file_file_id'))
    op.drop_table('hearing_file')
