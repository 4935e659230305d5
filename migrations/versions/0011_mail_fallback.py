"""what was done about mail that was not delivered

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db
from pool.core.db import drop_immutable_triggers, immutable_triggers

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('mail_fallback',
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.Enum('post', 'other_address', 'phone', 'not_needed', name='fallback', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('done_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('done_by', sa.Integer(), nullable=True),
    sa.Column('done_by_name', sa.String(), nullable=False),
    sa.CheckConstraint("note <> ''", name=op.f('ck_mail_fallback_says_what_was_done')),
    sa.ForeignKeyConstraint(['done_by'], ['user_account.id'], name=op.f('fk_mail_fallback_done_by')),
    sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_mail_fallback_mail_id')),
    sa.PrimaryKeyConstraint('mail_id', name=op.f('pk_mail_fallback'))
    )
    _triggers(immutable_triggers)


def downgrade() -> None:
    _triggers(drop_immutable_triggers)
    op.drop_table('mail_fallback')


def _triggers(make) -> None:
    for statement in make('mail_fallback', op.get_bind().dialect.name):
        op.execute(statement)
