"""how often is asked how a project goes

Revision: 0015, after 0014.
"""

from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Projects that run go by what is usual for their instrument and amount; a round that publishes less keeps this."""
    # As text, because SQLite takes a CHECK on a new column only together with that column.
    op.execute(
        "ALTER TABLE project ADD COLUMN progress VARCHAR(40) DEFAULT 'half_yearly' NOT NULL "
        "CONSTRAINT ck_project_progress CHECK (progress IN ('half_yearly', 'yearly', 'none'))"
    )
    _set('yearly', "round.instrument = 'subsidie_awb42'")
    _set('none', "round.instrument = 'subsidie_awb42' AND decision.amount < 2500000")
    _set('none', "round.instrument = 'decentralisatie_uitkering'")


def _set(progress: str, condition: str) -> None:
    op.execute(
        f"UPDATE project SET progress = '{progress}' WHERE decision_id IN (SELECT decision.id FROM decision "
        f'JOIN round ON round.id = decision.round_id WHERE {condition})'
    )


def downgrade() -> None:
    op.execute('ALTER TABLE project DROP COLUMN progress')
