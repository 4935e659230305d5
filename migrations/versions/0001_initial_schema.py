"""initial schema

Revision: 0001, after .
"""

import sqlalchemy as sa
from alembic import op

import pool.core.db

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


IMMUTABLE = (
    'advice_line',
    'allocation',
    'allocation_snapshot',
    'allocation_study',
    'application_version',
    'assessment',
    'audit_entry',
    'ceiling_decision',
    'completeness_check',
    'decision',
    'extension',
    'interest_statement',
    'letter',
    'mail',
    'merit',
    'merit_adoption',
    'outage',
    'progress_report',
    'proposal',
    'round',
    'rule_set',
    'score',
)


def upgrade() -> None:
    op.create_table('action_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_action_line')),
    sa.UniqueConstraint('name', name=op.f('uq_action_line_name')),
    sa.UniqueConstraint('number', name=op.f('uq_action_line_number'))
    )
    op.create_table('audit_head',
    sa.Column('chain', sa.String(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('chain', name=op.f('pk_audit_head'))
    )
    op.create_table('handled_command',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('who', sa.String(), nullable=False),
    sa.Column('endpoint', sa.String(), nullable=False),
    sa.Column('location', sa.String(), nullable=False),
    sa.Column('at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_handled_command'))
    )
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('run_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('lease_by', sa.String(), nullable=True),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('progress', sa.String(), nullable=False),
    sa.Column('done_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('dead_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=False),
    sa.CheckConstraint('attempts >= 0', name=op.f('ck_job_attempts_not_negative')),
    sa.CheckConstraint('percent between 0 and 100', name=op.f('ck_job_percent_in_range')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('key', name=op.f('uq_job_key'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_open', ['done_at', 'dead_at', 'run_at'], unique=False)

    op.create_table('mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('written_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sa.UniqueConstraint('key', name=op.f('uq_mail_key'))
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_user_id'), ['user_id'], unique=False)

    op.create_table('region',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('short', sa.String(), nullable=False),
    sa.Column('abbreviation', sa.String(), nullable=False),
    sa.Column('tile_column', sa.Integer(), nullable=False),
    sa.Column('tile_row', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_region')),
    sa.UniqueConstraint('name', name=op.f('uq_region_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_region_slug'))
    )
    op.create_table('scheme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('prefix', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme')),
    sa.UniqueConstraint('prefix', name=op.f('uq_scheme_prefix')),
    sa.UniqueConstraint('slug', name=op.f('uq_scheme_slug'))
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt')),
    sa.UniqueConstraint('account', 'address', name=op.f('uq_sign_in_attempt_account_address'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chain', sa.String(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('object', sa.String(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('previous_hash', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['chain'], ['audit_head.chain'], name=op.f('fk_audit_entry_chain')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('chain', 'seq', name=op.f('uq_audit_entry_chain_seq'))
    )
    op.create_table('building_block',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('action_line_id', sa.Integer(), nullable=True),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['action_line_id'], ['action_line.id'], name=op.f('fk_building_block_action_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_building_block')),
    sa.UniqueConstraint('slug', name=op.f('uq_building_block_slug'))
    )
    with op.batch_alter_table('building_block', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_building_block_action_line_id'), ['action_line_id'], unique=False)

    op.create_table('municipality',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('province', sa.String(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('is_centre', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_municipality_region_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_municipality')),
    sa.UniqueConstraint('code', name=op.f('uq_municipality_code')),
    sa.UniqueConstraint('name', name=op.f('uq_municipality_name'))
    )
    with op.batch_alter_table('municipality', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_municipality_region_id'), ['region_id'], unique=False)

    op.create_table('round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scheme_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'open', 'closed', 'in_assessment', 'in_decision', 'decided', 'in_progress', 'finished', name='round_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('instrument', sa.Enum('subsidie_awb42', 'specifieke_uitkering', 'decentralisatie_uitkering', name='instrument', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('publication_reference', sa.String(), nullable=False),
    sa.Column('publication_url', sa.String(), nullable=False),
    sa.Column('publication_date', sa.Date(), nullable=True),
    sa.Column('articles', sa.JSON(), nullable=False),
    sa.Column('budget_caveat', sa.Boolean(), nullable=False),
    sa.Column('opens_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('closes_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('published_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('invented', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('closes_at > opens_at', name=op.f('ck_round_closes_after_opening')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_round_scheme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round')),
    sa.UniqueConstraint('slug', name=op.f('uq_round_slug'))
    )
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('theme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('action_line_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['action_line_id'], ['action_line.id'], name=op.f('fk_theme_action_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_theme')),
    sa.UniqueConstraint('slug', name=op.f('uq_theme_slug'))
    )
    op.create_table('budget',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('ceiling', sa.BigInteger(), nullable=False),
    sa.Column('committed', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('ceiling >= 0 AND committed >= 0', name=op.f('ck_budget_not_negative')),
    sa.CheckConstraint('committed <= ceiling', name=op.f('ck_budget_within_ceiling')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_budget_round_id')),
    sa.PrimaryKeyConstraint('round_id', name=op.f('pk_budget'))
    )
    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('municipality', 'shelter', 'programme', 'committee', 'other', name='organisation_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('municipality_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind <> 'municipality' OR municipality_id IS NOT NULL", name=op.f('ck_organisation_municipality_has_its_municipality')),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_organisation_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('municipality_id', name=op.f('uq_organisation_municipality_id')),
    sa.UniqueConstraint('name', name=op.f('uq_organisation_name'))
    )
    op.create_table('user_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('created_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_user_account_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email'))
    )
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_account_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'supplement_requested', 'supplemented', 'complete', 'inadmissible', 'withdrawn', name='application_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('theme_id', sa.Integer(), nullable=True),
    sa.Column('requested', sa.BigInteger(), nullable=False),
    sa.Column('minimum', sa.BigInteger(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('created_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('submitted_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('supplement_until', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'supplement_requested' OR supplement_until IS NOT NULL", name=op.f('ck_application_supplement_has_term')),
    sa.CheckConstraint("state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name=op.f('ck_application_submitted_has_moment')),
    sa.CheckConstraint('requested >= 0 AND minimum >= 0 AND minimum <= requested', name=op.f('ck_application_amounts_in_order')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_application_created_by')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_application_organisation_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_application_round_id')),
    sa.ForeignKeyConstraint(['theme_id'], ['theme.id'], name=op.f('fk_application_theme_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application')),
    sa.UniqueConstraint('reference', name=op.f('uq_application_reference'))
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_application_round_state', ['round_id', 'state'], unique=False)

    op.create_table('ceiling_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('previous', sa.BigInteger(), nullable=False),
    sa.Column('ceiling', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('from_budget', sa.Boolean(), nullable=False),
    sa.Column('decided_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_ceiling_decision_decided_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_ceiling_decision_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ceiling_decision'))
    )
    with op.batch_alter_table('ceiling_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ceiling_decision_round_id'), ['round_id'], unique=False)

    op.create_table('merit_adoption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('adopted_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('adopted_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['adopted_by'], ['user_account.id'], name=op.f('fk_merit_adoption_adopted_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_merit_adoption_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merit_adoption')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_merit_adoption_round_id_number'))
    )
    op.create_table('outage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('started_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('recorded_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR ended_at > started_at', name=op.f('ck_outage_ends_after_start')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user_account.id'], name=op.f('fk_outage_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outage'))
    )
    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('applicant', 'regional_lead', 'assessor', 'chair', 'programme', 'decider', 'auditor', 'admin', name='role', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=True),
    sa.Column('started_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role <> 'regional_lead' OR region_id IS NOT NULL", name=op.f('ck_role_grant_regional_lead_has_region')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_role_grant_region_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_role_grant_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.create_index('ix_role_grant_user', ['user_id', 'ended_at'], unique=False)

    op.create_table('rule_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('body', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('published_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('published_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['published_by'], ['user_account.id'], name=op.f('fk_rule_set_published_by')),
    sa.ForeignKeyConstraint(['replaces_id'], ['rule_set.id'], name=op.f('fk_rule_set_replaces_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_rule_set_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_set')),
    sa.UniqueConstraint('replaces_id', name=op.f('uq_rule_set_replaces_id')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_rule_set_round_id_number'))
    )
    op.create_table('user_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('started_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_user_session_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_user_session_user_id'), ['user_id'], unique=False)

    op.create_table('allocation_snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('adoption_id', sa.Integer(), nullable=False),
    sa.Column('rule_set_id', sa.Integer(), nullable=False),
    sa.Column('problem', sa.JSON(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('changed', sa.Boolean(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('taken_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['adoption_id'], ['merit_adoption.id'], name=op.f('fk_allocation_snapshot_adoption_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_allocation_snapshot_round_id')),
    sa.ForeignKeyConstraint(['rule_set_id'], ['rule_set.id'], name=op.f('fk_allocation_snapshot_rule_set_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_snapshot'))
    )
    with op.batch_alter_table('allocation_snapshot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_allocation_snapshot_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_allocation_snapshot_sha256'), ['sha256'], unique=False)

    op.create_table('application_region',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_region_application_id')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_application_region_region_id')),
    sa.PrimaryKeyConstraint('application_id', 'position', name=op.f('pk_application_region')),
    sa.UniqueConstraint('application_id', 'region_id', name=op.f('uq_application_region_application_id_region_id'))
    )
    with op.batch_alter_table('application_region', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_application_region_region_id'), ['region_id'], unique=False)

    op.create_table('application_section_save',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('section', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('saved_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('saved_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_section_save_application_id')),
    sa.ForeignKeyConstraint(['saved_by'], ['user_account.id'], name=op.f('fk_application_section_save_saved_by')),
    sa.PrimaryKeyConstraint('application_id', 'section', name=op.f('pk_application_section_save'))
    )
    op.create_table('application_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('submitted_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.Integer(), nullable=True),
    sa.Column('submitted_by_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_application_version_application_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['user_account.id'], name=op.f('fk_application_version_submitted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_application_version')),
    sa.UniqueConstraint('application_id', 'number', name=op.f('uq_application_version_application_id_number'))
    )
    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('assigned_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.Integer(), nullable=True),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.String(), nullable=False),
    sa.CheckConstraint("ended_at IS NULL OR ended_reason <> ''", name=op.f('ck_assignment_ended_has_reason')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_assignment_application_id')),
    sa.ForeignKeyConstraint(['assigned_by'], ['user_account.id'], name=op.f('fk_assignment_assigned_by')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_assignment_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment')),
    sa.UniqueConstraint('application_id', 'user_id', name=op.f('uq_assignment_application_id_user_id'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_user_id'), ['user_id'], unique=False)

    op.create_table('completeness_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Enum('complete', 'supplement', 'inadmissible', name='completeness', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('points', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('supplement_by', sa.String(), nullable=True),
    sa.Column('checked_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_completeness_check_application_id')),
    sa.ForeignKeyConstraint(['checked_by'], ['user_account.id'], name=op.f('fk_completeness_check_checked_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_completeness_check'))
    )
    with op.batch_alter_table('completeness_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_completeness_check_application_id'), ['application_id'], unique=False)

    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('replaces_id', sa.Integer(), nullable=True),
    sa.Column('outcome', sa.Enum('awarded', 'partly_awarded', 'refused', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('ground', sa.Enum('ceiling', 'quality', 'purpose', name='ground', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('prepared_by', sa.Integer(), nullable=False),
    sa.Column('prepared_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=False),
    sa.Column('decided_by_name', sa.String(), nullable=False),
    sa.Column('decided_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(outcome = 'awarded') = (ground IS NULL)", name=op.f('ck_decision_ground_when_needed')),
    sa.CheckConstraint("(outcome = 'refused') = (amount = 0)", name=op.f('ck_decision_refusal_has_no_amount')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_decision_has_reason')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_decision_amount_not_negative')),
    sa.CheckConstraint('decided_by <> prepared_by', name=op.f('ck_decision_decider_is_not_preparer')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_decision_application_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_decision_decided_by')),
    sa.ForeignKeyConstraint(['prepared_by'], ['user_account.id'], name=op.f('fk_decision_prepared_by')),
    sa.ForeignKeyConstraint(['replaces_id'], ['decision.id'], name=op.f('fk_decision_replaces_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_decision_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decision')),
    sa.UniqueConstraint('application_id', 'number', name=op.f('uq_decision_application_id_number'))
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_round_id'), ['round_id'], unique=False)

    op.create_table('extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('previous', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('closes_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('outage_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('decided_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('closes_at > previous', name=op.f('ck_extension_later')),
    sa.ForeignKeyConstraint(['decided_by'], ['user_account.id'], name=op.f('fk_extension_decided_by')),
    sa.ForeignKeyConstraint(['outage_id'], ['outage.id'], name=op.f('fk_extension_outage_id')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_extension_round_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extension'))
    )
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_extension_round_id'), ['round_id'], unique=False)

    op.create_table('interest_statement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Enum('none', 'declared', name='interest_answer', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('stated_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('stated_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_interest_statement_application_id')),
    sa.ForeignKeyConstraint(['stated_by'], ['user_account.id'], name=op.f('fk_interest_statement_stated_by')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_interest_statement_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interest_statement'))
    )
    with op.batch_alter_table('interest_statement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_interest_statement_application_id'), ['application_id'], unique=False)
        batch_op.create_index('ix_interest_statement_who', ['user_id', 'application_id'], unique=False)

    op.create_table('merit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('adoption_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('merit', sa.Integer(), nullable=False),
    sa.CheckConstraint('merit between 0 and 100000', name=op.f('ck_merit_merit_in_scale')),
    sa.ForeignKeyConstraint(['adoption_id'], ['merit_adoption.id'], name=op.f('fk_merit_adoption_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_merit_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merit')),
    sa.UniqueConstraint('adoption_id', 'application_id', name=op.f('uq_merit_adoption_id_application_id'))
    )
    with op.batch_alter_table('merit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merit_application_id'), ['application_id'], unique=False)

    op.create_table('panel_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.Integer(), nullable=False),
    sa.Column('agreed', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('recorded_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('agreed between 0 and 100000', name=op.f('ck_panel_outcome_agreed_in_scale')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_panel_outcome_application_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['user_account.id'], name=op.f('fk_panel_outcome_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_panel_outcome')),
    sa.UniqueConstraint('application_id', name=op.f('uq_panel_outcome_application_id'))
    )
    op.create_table('regional_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_regional_view_application_id')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_regional_view_region_id')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_regional_view_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regional_view')),
    sa.UniqueConstraint('application_id', 'region_id', name=op.f('uq_regional_view_application_id_region_id'))
    )
    op.create_table('assessment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'locked', name='assessment_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('quarantined', sa.Boolean(), nullable=False),
    sa.Column('started_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('saved_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name=op.f('ck_assessment_submitted_has_moment')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assessment_assignment_id')),
    sa.ForeignKeyConstraint(['version_id'], ['application_version.id'], name=op.f('fk_assessment_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment')),
    sa.UniqueConstraint('assignment_id', name=op.f('uq_assessment_assignment_id'))
    )
    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('pdf', sa.LargeBinary(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('made_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_letter_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_letter_decision_id'))
    )
    op.create_table('project',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('running', 'finished', 'stopped', name='project_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('started_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('ended_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.String(), nullable=False),
    sa.Column('learned', sa.String(), nullable=False),
    sa.Column('embedded', sa.Enum('none', 'planned', 'regular', name='embedding', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.CheckConstraint("state <> 'finished' OR embedded IS NOT NULL", name=op.f('ck_project_finished_has_embedding')),
    sa.CheckConstraint("state = 'running' OR (ended_at IS NOT NULL AND ended_reason <> '' AND learned <> '')", name=op.f('ck_project_ended_has_reason_and_lesson')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_project_ends_after_start')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_project_application_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decision.id'], name=op.f('fk_project_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('application_id', name=op.f('uq_project_application_id'))
    )
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_project_decision_id'), ['decision_id'], unique=False)

    op.create_table('scenario',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'done', 'failed', name='scenario_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.Enum('optimal', 'rank_cut', 'rank_skip', 'ratio', name='allocation_rule', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('created_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_by_name', sa.String(), nullable=False),
    sa.Column('chosen_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'failed' OR failure <> ''", name=op.f('ck_scenario_failed_has_reason')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_scenario_created_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_scenario_round_id')),
    sa.ForeignKeyConstraint(['snapshot_id'], ['allocation_snapshot.id'], name=op.f('fk_scenario_snapshot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario')),
    sa.UniqueConstraint('round_id', 'name', name=op.f('uq_scenario_round_id_name'))
    )
    op.create_table('advice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('scenario_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'given', 'withdrawn', name='advice_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('created_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('given_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('given_by', sa.Integer(), nullable=True),
    sa.Column('given_by_name', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('withdrawn_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.String(), nullable=False),
    sa.CheckConstraint("state <> 'given' OR (given_at IS NOT NULL AND sha256 <> '')", name=op.f('ck_advice_given_has_moment')),
    sa.CheckConstraint("state <> 'withdrawn' OR withdrawn_reason <> ''", name=op.f('ck_advice_withdrawn_has_reason')),
    sa.ForeignKeyConstraint(['created_by'], ['user_account.id'], name=op.f('fk_advice_created_by')),
    sa.ForeignKeyConstraint(['given_by'], ['user_account.id'], name=op.f('fk_advice_given_by')),
    sa.ForeignKeyConstraint(['round_id'], ['round.id'], name=op.f('fk_advice_round_id')),
    sa.ForeignKeyConstraint(['scenario_id'], ['scenario.id'], name=op.f('fk_advice_scenario_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advice')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_advice_round_id_number'))
    )
    op.create_table('allocation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scenario_id', sa.Integer(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('completed_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['scenario_id'], ['scenario.id'], name=op.f('fk_allocation_scenario_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation')),
    sa.UniqueConstraint('scenario_id', name=op.f('uq_allocation_scenario_id'))
    )
    op.create_table('allocation_study',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('scenario_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('rankings', 'explanations', 'frontier', name='study_kind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('completed_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['scenario_id'], ['scenario.id'], name=op.f('fk_allocation_study_scenario_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation_study')),
    sa.UniqueConstraint('scenario_id', 'kind', name=op.f('uq_allocation_study_scenario_id_kind'))
    )
    op.create_table('progress_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', name='report_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('standing', sa.Enum('on_track', 'attention', 'stuck', name='standing', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('achieved', sa.String(), nullable=False),
    sa.Column('under_way', sa.String(), nullable=False),
    sa.Column('next_steps', sa.String(), nullable=False),
    sa.Column('lessons', sa.String(), nullable=False),
    sa.Column('embedding', sa.String(), nullable=False),
    sa.Column('saved_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('saved_by', sa.Integer(), nullable=True),
    sa.Column('saved_by_name', sa.String(), nullable=False),
    sa.Column('submitted_at', pool.core.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state = 'draft' OR (submitted_at IS NOT NULL AND standing IS NOT NULL AND achieved <> '' AND under_way <> '' AND next_steps <> '' AND lessons <> '' AND embedding <> '')", name=op.f('ck_progress_report_submitted_is_complete')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_progress_report_project_id')),
    sa.ForeignKeyConstraint(['saved_by'], ['user_account.id'], name=op.f('fk_progress_report_saved_by')),
    sa.ForeignKeyConstraint(['submitted_by'], ['user_account.id'], name=op.f('fk_progress_report_submitted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_progress_report')),
    sa.UniqueConstraint('project_id', 'period', name=op.f('uq_progress_report_project_id_period'))
    )
    op.create_table('score',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('assessment_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('locked', sa.Boolean(), nullable=False),
    sa.CheckConstraint('level between 1 and 9', name=op.f('ck_score_level_in_scale')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_score_assessment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score')),
    sa.UniqueConstraint('assessment_id', 'criterion', name=op.f('uq_score_assessment_id_criterion'))
    )
    op.create_table('advice_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('advice_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('computed', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('fixed', sa.Boolean(), nullable=False),
    sa.CheckConstraint("amount = computed OR reason <> ''", name=op.f('ck_advice_line_deviation_has_reason')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_advice_line_amount_not_negative')),
    sa.ForeignKeyConstraint(['advice_id'], ['advice.id'], name=op.f('fk_advice_line_advice_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_advice_line_application_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_advice_line')),
    sa.UniqueConstraint('advice_id', 'application_id', name=op.f('uq_advice_line_advice_id_application_id'))
    )
    op.create_table('proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('advice_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('prepared', 'decided', name='proposal_state', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('outcome', sa.Enum('awarded', 'partly_awarded', 'refused', name='outcome', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('ground', sa.Enum('ceiling', 'quality', 'purpose', name='ground', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('prepared_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('prepared_by', sa.Integer(), nullable=False),
    sa.Column('prepared_by_name', sa.String(), nullable=False),
    sa.Column('preparers', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(outcome = 'awarded') = (ground IS NULL)", name=op.f('ck_proposal_ground_when_needed')),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_proposal_has_reason')),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_proposal_amount_not_negative')),
    sa.ForeignKeyConstraint(['advice_id'], ['advice.id'], name=op.f('fk_proposal_advice_id')),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], name=op.f('fk_proposal_application_id')),
    sa.ForeignKeyConstraint(['prepared_by'], ['user_account.id'], name=op.f('fk_proposal_prepared_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sa.UniqueConstraint('application_id', name=op.f('uq_proposal_application_id'))
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_advice_id'), ['advice_id'], unique=False)

    op.create_table('report_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('standing', sa.Enum('on_track', 'attention', 'stuck', name='standing', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.CheckConstraint("text <> ''", name=op.f('ck_report_view_has_text')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_report_view_region_id')),
    sa.ForeignKeyConstraint(['report_id'], ['progress_report.id'], name=op.f('fk_report_view_report_id')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_report_view_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_view')),
    sa.UniqueConstraint('report_id', 'region_id', name=op.f('uq_report_view_report_id_region_id'))
    )
    with op.batch_alter_table('report_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_view_region_id'), ['region_id'], unique=False)


    _triggers(pool.core.db.immutable_triggers)


def downgrade() -> None:
    _triggers(pool.core.db.drop_immutable_triggers)
    with op.batch_alter_table('report_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_view_region_id'))

    op.drop_table('report_view')
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_advice_id'))

    op.drop_table('proposal')
    op.drop_table('advice_line')
    op.drop_table('score')
    op.drop_table('progress_report')
    op.drop_table('allocation_study')
    op.drop_table('allocation')
    op.drop_table('advice')
    op.drop_table('scenario')
    with op.batch_alter_table('project', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_project_decision_id'))

    op.drop_table('project')
    op.drop_table('letter')
    op.drop_table('assessment')
    op.drop_table('regional_view')
    op.drop_table('panel_outcome')
    with op.batch_alter_table('merit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merit_application_id'))

    op.drop_table('merit')
    with op.batch_alter_table('interest_statement', schema=None) as batch_op:
        batch_op.drop_index('ix_interest_statement_who')
        batch_op.drop_index(batch_op.f('ix_interest_statement_application_id'))

    op.drop_table('interest_statement')
    with op.batch_alter_table('extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_extension_round_id'))

    op.drop_table('extension')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_round_id'))

    op.drop_table('decision')
    with op.batch_alter_table('completeness_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_completeness_check_application_id'))

    op.drop_table('completeness_check')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignment_user_id'))

    op.drop_table('assignment')
    op.drop_table('application_version')
    op.drop_table('application_section_save')
    with op.batch_alter_table('application_region', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_region_region_id'))

    op.drop_table('application_region')
    with op.batch_alter_table('allocation_snapshot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_allocation_snapshot_sha256'))
        batch_op.drop_index(batch_op.f('ix_allocation_snapshot_round_id'))

    op.drop_table('allocation_snapshot')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_session_user_id'))

    op.drop_table('user_session')
    op.drop_table('rule_set')
    with op.batch_alter_table('role_grant', schema=None) as batch_op:
        batch_op.drop_index('ix_role_grant_user')

    op.drop_table('role_grant')
    op.drop_table('outage')
    op.drop_table('merit_adoption')
    with op.batch_alter_table('ceiling_decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ceiling_decision_round_id'))

    op.drop_table('ceiling_decision')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index('ix_application_round_state')
        batch_op.drop_index(batch_op.f('ix_application_organisation_id'))

    op.drop_table('application')
    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_user_account_organisation_id'))

    op.drop_table('user_account')
    op.drop_table('organisation')
    op.drop_table('budget')
    op.drop_table('theme')
    with op.batch_alter_table('round', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_scheme_id'))

    op.drop_table('round')
    with op.batch_alter_table('municipality', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_municipality_region_id'))

    op.drop_table('municipality')
    with op.batch_alter_table('building_block', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_building_block_action_line_id'))

    op.drop_table('building_block')
    op.drop_table('audit_entry')
    op.drop_table('sign_in_attempt')
    op.drop_table('scheme')
    op.drop_table('region')
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_user_id'))

    op.drop_table('mail')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_open')

    op.drop_table('job')
    op.drop_table('handled_command')
    op.drop_table('audit_head')
    op.drop_table('action_line')

    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS refuse_change()")


def _triggers(make) -> None:
    """Let the database itself refuse changes to what is written once."""
    for table in IMMUTABLE:
        for statement in make(table, op.get_bind().dialect.name):
            op.execute(statement)
