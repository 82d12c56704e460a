import '../../pattern/outcome/outcome.css'
import './recovery.css'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { ActForm, Words } from '@/pattern/form/Form'
import { lift, useExclusions } from './api'
import { Crumbs } from './Crumbs'
import type { Listing } from './model'

/** Who may not apply for a term, and until when. */
export default function ExclusionsPage() {
  const { d } = useLang()
  const w = d.recovery
  const role = useSession().active?.role
  const [only, setOnly] = useFilter('in_force')
  const [q] = useFilter('q')
  const list = useExclusions(only !== '', q)
  const [lifting, setLifting] = useState<Listing | null>(null)
  const filter = (
    <>
      {!isOrganisation(role) && <SearchFilter name="q" label={w.search} />}
      <Checkbox checked={only !== ''} onChange={(e) => setOnly(e.target.checked ? 'yes' : '')}>
        {w.inForceOnly}
      </Checkbox>
    </>
  )
  return (
    <>
      <PageHead
        title={w.exclusions}
        crumbs={<Crumbs />}
        sentence={w.exclusionsSentence}
        actions={
          !isOrganisation(role) && (
            <Button href="/api/v1/exclusions/export" download>
              {w.export}
            </Button>
          )
        }
      />
      <div className={lifting ? 'columns' : ''}>
        <Card title={w.exclusions} extra={filter} flush>
          <Paged query={list} empty={<Empty title={w.exclusionsNone} next={(only || q) && <Link to="/exclusions">{d.app.clearFilters}</Link>} />}>
            {(rows) => <Rows rows={rows} onLift={role === 'office' ? setLifting : null} />}
          </Paged>
        </Card>
        {lifting && <LiftForm key={lifting.id} listing={lifting} onDone={() => setLifting(null)} />}
      </div>
    </>
  )
}

function Rows({ rows, onLift }: { rows: Listing[]; onLift: ((l: Listing) => void) | null }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const columns: Column<Listing>[] = [
    {
      key: 'org',
      title: w.org,
      main: true,
      render: (l) => (
        <>
          {l.org_name} <span className="mono note">{l.org}</span>
          <div className="note">{l.reason}</div>
        </>
      ),
    },
    { key: 'case', title: w.case, render: (l) => <Link to={`/recoveries/${l.case}`} className="mono">{l.number}</Link> },
    { key: 'term', title: w.term, render: (l) => <span className="num">{`${tableDate(l.from, lang)} – ${tableDate(l.until, lang)}`}</span> },
    {
      key: 'state',
      title: w.filterState,
      render: (l) => (
        <>
          <span className={`chip ${l.in_force ? 'chip-bad' : ''}`}>{l.in_force ? w.forceYes : l.lifted ? fill(w.lifted, { date: tableDate(l.lifted, lang) }) : w.forceNo}</span>
          {l.lifted_reason !== '' && <div className="note">{l.lifted_reason}</div>}
        </>
      ),
    },
  ]
  if (onLift) columns.push({ key: 'lift', title: w.lift, render: (l) => l.in_force && <Button size="small" onClick={() => onLift(l)}>{w.lift}</Button> })
  return <DataTable caption={w.exclusions} rows={rows} rowKey={(l) => l.id} columns={columns} />
}

function LiftForm({ listing, onDone }: { listing: Listing; onDone: () => void }) {
  const { d } = useLang()
  const w = d.recovery
  const [reason, setReason] = useState('')
  const send = useWrite(lift(listing.id), onDone)
  return (
    <Card title={w.lift} note={listing.org_name}>
      <ActForm label={w.lift} error={send.error} pending={send.isPending} ready={reason.trim() !== ''} onSubmit={() => send.mutate(reason.trim())}>
        <Words label={w.reason} hint={w.reasonHint} value={reason} onChange={setReason} />
      </ActForm>
    </Card>
  )
}
