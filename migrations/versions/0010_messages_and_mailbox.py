"""messages about applications, the personal mailbox, and what people choose to be mailed

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db
from pool.core.db import drop_immutable_triggers, immutable_triggers

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

MOMENT = pool.core.db.UTCDateTime(timezone=True)
DELIVERY = sa.Enum('at_once', 'daily', 'weekly', 'portal', name='delivery', native_enum=False, create_constraint=True, length=40)
NEW = ('kind', 'chain', 'thing', 'delivery', 'digest_at')


def upgrade() -> None:
    _triggers(drop_immutable_triggers, 'mail')
    with op.batch_alter_table('mail') as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=40), nullable=False, server_default='progress'))
        batch_op.add_column(sa.Column('chain', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('thing', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('delivery', DELIVERY, nullable=False, server_default='at_once'))
        batch_op.add_column(sa.Column('digest_at', MOMENT, nullable=True))
    _say_what_mails_are_about()
    with op.batch_alter_table('mail') as batch_op:
        for name, kind in (('kind', sa.String(length=40)), ('chain', sa.String()), ('thing', sa.String()), ('delivery', DELIVERY)):
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch_op.create_check_constraint(
            op.f('ck_mail_overview_has_its_moment'),
            "(delivery IN ('daily', 'weekly')) = (digest_at IS NOT NULL)",
        )
        batch_op.create_foreign_key(op.f('fk_mail_user_id'), 'user_account', ['user_id'], ['id'])
        batch_op.create_check_constraint(
            op.f('ck_mail_only_people_choose'), "delivery = 'at_once' OR user_id IS NOT NULL"
        )
    _triggers(immutable_triggers, 'mail')
    op.create_table('mail_read',
    sa.Column('mail_id', sa.Integer(), nullable=False),
    sa.Column('read_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['mail_id'], ['mail.id'], name=op.f('fk_mail_read_mail_id')),
    sa.PrimaryKeyConstraint('mail_id', name=op.f('pk_mail_read'))
    )
    op.create_table('mail_preference',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('delivery', DELIVERY, nullable=False),
    sa.Column('chosen_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_mail_preference_user_id')),
    sa.PrimaryKeyConstraint('user_id', 'kind', name=op.f('pk_mail_preference'))
    )
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('applicant', 'programme', name='side', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_at', MOMENT, nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=False),
    sa.Column('written_by_name', sa.String(), nullable=False),
    sa.Column('by_organisation', sa.String(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('answers_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("answer_by IS NULL OR side = 'programme'", name=op.f('ck_message_only_programme_sets_a_date')),
    sa.CheckConstraint('answer_by IS NULL OR answers_id IS NULL', name=op.f('ck_message_question_or_answer')),
    sa.CheckConstraint("text <> ''", name=op.f('ck_message_says_something')),
    sa.ForeignKeyConstraint(['answers_id'], ['message.id'], name=op.f('fk_message_answers_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_message_application_id')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_message_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('answers_id', name=op.f('uq_message_answers_id'))
    )
    with op.batch_alter_table('message') as batch_op:
        batch_op.create_index(batch_op.f('ix_message_application_id'), ['application_id'], unique=False)
    _triggers(immutable_triggers, 'message')
    op.create_table('thread_read',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('read_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_thread_read_application_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_thread_read_user_id')),
    sa.PrimaryKeyConstraint('application_id', 'user_id', name=op.f('pk_thread_read'))
    )


def _say_what_mails_are_about() -> None:
    """Fill in kind, chain and thing of the mails that are there, from their keys (see the services of then)."""
    bind = op.get_bind()
    projects = "SELECT id, application_id FROM project"
    lookups = {
        'decision': "SELECT id, application_id FROM decision",
        'reopened': "SELECT s.id, a.application_id FROM assessment s JOIN assignment a ON a.id = s.assignment_id",
        'interest': "SELECT id, application_id FROM interest_statement",
        'abstained': "SELECT id, application_id FROM assignment",
        'partner': "SELECT id, application_id FROM partner_request",
        'project': projects,
        'sign_off': "SELECT id, application_id FROM sign_off",
        'report': "SELECT r.id, p.application_id FROM progress_report r JOIN project p ON p.id = r.project_id",
    }
    application_of = {kind: dict(bind.execute(sa.text(query)).all()) for kind, query in lookups.items()}
    checks = dict(bind.execute(sa.text("SELECT id, outcome FROM completeness_check")).all())
    by_outcome = {'supplement': 'supplement', 'inadmissible': 'decision'}
    project_of = {application: ident for ident, application in bind.execute(sa.text(projects))}
    change = sa.text("UPDATE mail SET kind = :kind, chain = :chain, thing = :thing WHERE id = :id")
    for ident, key in bind.execute(sa.text("SELECT id, key FROM mail ORDER BY id")).all():
        what, number, *rest = key.split(":")
        number = int(number) if number.isdigit() else 0
        application = application_of.get(what, {}).get(number, number)
        chain, thing, kind = f"application:{application}", f"application:{application}", 'progress'
        if what == 'application' and rest[0] == 'receipt':
            kind = 'receipt'
        elif what == 'application' and rest[0] == 'check':
            kind = by_outcome.get(checks.get(int(rest[1])), 'progress')
        elif what == 'decision':
            thing, kind = f"decision:{number}", 'decision'
        elif what in ('report', 'project'):
            thing, kind = f"project:{project_of.get(application, number)}", 'project'
        elif what == 'reopened':
            thing, kind = f"assessment_file:{application}", 'assessment'
        elif what == 'partner':
            thing, kind = 'partner_requests', 'partner'
        elif what == 'sign_off':
            kind = 'signing'
        elif what == 'application' and rest[0] == 'partner':
            kind = 'partner'
        elif what in ('interest', 'abstained'):
            thing, kind = 'assessing', 'assessment'
        elif what == 'assigned':
            chain, thing, kind = f"round:{number}", 'assessing', 'assessment'
        bind.execute(change, {"id": ident, "kind": kind, "chain": chain, "thing": thing})


def downgrade() -> None:
    _triggers(drop_immutable_triggers, 'message')
    op.drop_table('thread_read')
    op.drop_table('message')
    op.drop_table('mail_preference')
    op.drop_table('mail_read')
    _triggers(drop_immutable_triggers, 'mail')
    with op.batch_alter_table('mail') as batch_op:
        for name in ('overview_has_its_moment', 'only_people_choose', 'delivery'):
            batch_op.drop_constraint(op.f(f'ck_mail_{name}'), type_='check')
        batch_op.drop_constraint(op.f('fk_mail_user_id'), type_='foreignkey')
        for name in NEW:
            batch_op.drop_column(name)
    _triggers(immutable_triggers, 'mail')


def _triggers(make, table: str) -> None:
    for statement in make(table, op.get_bind().dialect.name):
        op.execute(statement)
