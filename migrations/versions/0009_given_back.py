"""given back

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('given_back',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('why', sa.Enum('expertise', 'too_many', name='abstention', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('given_back_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_given_back_assignment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_given_back'))
    )
    with op.batch_alter_table('given_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_given_back_assignment_id'), ['assignment_id'], unique=False)

    for statement in pool.core.db.immutable_triggers('given_back', op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in pool.core.db.drop_immutable_triggers('given_back', op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_table('given_back')
