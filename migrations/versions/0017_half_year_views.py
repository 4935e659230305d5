"""a region says how it sees every project over each half-year

Revision: 0017, after 0016.
"""

import datetime as dt

import sqlalchemy as sa
from alembic import op

import pool.core.db
from pool.core import clock

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

STANDING = sa.Enum('on_track', 'attention', 'stuck', name='standing', native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table('half_year_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('standing', STANDING, nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('written_at', pool.core.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("text <> ''", name=op.f('ck_half_year_view_has_text')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_half_year_view_project_id')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_half_year_view_region_id')),
    sa.ForeignKeyConstraint(['written_by'], ['user_account.id'], name=op.f('fk_half_year_view_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_half_year_view')),
    sa.UniqueConstraint('project_id', 'period', 'region_id', name=op.f('uq_half_year_view_project_id_period_region_id'))
    )
    with op.batch_alter_table('half_year_view', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_half_year_view_region_id'), ['region_id'], unique=False)
    op.execute(
        "INSERT INTO half_year_view (project_id, period, region_id, standing, text, written_at, written_by, version) "
        "SELECT r.project_id, r.period, v.region_id, v.standing, v.text, v.written_at, v.written_by, 1 "
        "FROM report_view v JOIN progress_report r ON r.id = v.report_id ORDER BY v.id"
    )
    with op.batch_alter_table('report_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_view_region_id'))
    op.drop_table('report_view')
    _plan_reminders()


def _plan_reminders() -> None:
    """Reminders for the half-years in which projects run that began before this (see service/views.py of then)."""
    bind, now = op.get_bind(), clock.now()
    project = sa.table('project', sa.column('ends_on', sa.Date()), sa.column('state', sa.String()))
    last = bind.scalar(sa.select(sa.func.max(project.c.ends_on)).where(project.c.state == 'running'))
    job = sa.table(
        'job', sa.column('kind'), sa.column('key'), sa.column('payload', sa.JSON()),
        sa.column('created_at', pool.core.db.UTCDateTime()), sa.column('run_at', pool.core.db.UTCDateTime()),
        sa.column('attempts'), sa.column('percent'), sa.column('progress'), sa.column('error'),
    )
    today = clock.local_date(now)
    first_day = dt.date(today.year, 1 if today.month <= 6 else 7, 1)
    while last is not None and first_day <= last:
        half = 1 if first_day.month == 1 else 2
        code = f'{first_day.year}-{half}'
        over = dt.date(first_day.year, 7, 1) if half == 1 else dt.date(first_day.year + 1, 1, 1)
        for when, day in (('over', over), ('last', over.replace(day=24))):
            bind.execute(job.insert().values(
                kind='followup.views', key=f'followup.views:{code}:{when}', payload={'period': code, 'when': when},
                created_at=now, run_at=clock.at_local(day, dt.time(7, 30)), attempts=0, percent=0, progress='', error='',
            ))
        first_day = over


def downgrade() -> None:
    """What regions said where nothing was reported has no place any more."""
    op.execute("DELETE FROM job WHERE kind = 'followup.views'")
    op.create_table('report_view',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('standing', STANDING, nullable=False),
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
    op.execute(
        "INSERT INTO report_view (report_id, region_id, standing, text, written_at, written_by) "
        "SELECT r.id, v.region_id, v.standing, v.text, v.written_at, v.written_by "
        "FROM half_year_view v JOIN progress_report r ON r.project_id = v.project_id AND r.period = v.period "
        "WHERE r.state = 'submitted' ORDER BY v.id"
    )
    with op.batch_alter_table('half_year_view', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_half_year_view_region_id'))
    op.drop_table('half_year_view')
