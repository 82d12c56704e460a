import './recovery.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useRecoveries } from './api'
import { Crumbs } from './Crumbs'
import type { Row } from './model'
import { OpenCase } from './OpenCase'
import { StateChip } from './StateChip'

/** Every recovery, or an organisation's own; the office opens one more. */
export default function RecoveriesPage() {
  const { d } = useLang()
  const w = d.recovery
  const role = useSession().active?.role
  const own = isOrganisation(role)
  const [state] = useFilter('state')
  const [ground] = useFilter('ground')
  const [q] = useFilter('q')
  const list = useRecoveries({ state, ground, q })
  const filtered = [state, ground, q].some(Boolean)
  const next = filtered ? <Link to="/recoveries">{d.app.clearFilters}</Link> : !own && w.noneHint
  return (
    <>
      <PageHead title={w.title} crumbs={<Crumbs />} sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className={role === 'office' ? 'columns' : ''}>
        <Card title={w.title} extra={!own && <Filters />} flush>
          <Paged query={list} empty={<Empty title={own && !filtered ? w.noneMine : w.none} next={next} />}>
            {(rows) => <Rows rows={rows} />}
          </Paged>
        </Card>
        {role === 'office' && <OpenCase />}
      </div>
    </>
  )
}

function Filters() {
  const { d } = useLang()
  const w = d.recovery
  const [state, setState] = useFilter('state')
  const [ground, setGround] = useFilter('ground')
  return (
    <>
      <SearchFilter name="q" label={w.search} />
      <Select size="small" className="filter-state" aria-label={w.filterGround} value={ground} onChange={setGround} options={[{ value: '', label: w.anyGround }, ...Object.entries(w.ground).map(([value, label]) => ({ value, label }))]} />
      <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.state).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ rows }: { rows: Row[] }) {
  const { d, lang } = useLang()
  const w = d.recovery
  const waits: Record<string, string> = w.waits
  const columns: Column<Row>[] = [
    {
      key: 'case',
      title: w.case,
      main: true,
      render: (r) => (
        <>
          <Link to={`/recoveries/${r.id}`} className="row-name">
            {r.number}
          </Link>{' '}
          {r.org_name}
          <div className="note">
            {[w.ground[r.ground], waits[r.waits_for], r.authority ? '' : w.noAuthority].filter(Boolean).join(' · ')}
          </div>
        </>
      ),
    },
    { key: 'state', title: w.filterState, render: (r) => <StateChip state={r.state} /> },
    { key: 'owed', title: w.owed, number: true, render: (r) => (isZero(r.money.claimed_fen) ? <span className="faint">—</span> : <Money fen={r.money.owed_fen} bare />) },
    { key: 'received', title: w.received, number: true, render: (r) => (isZero(r.money.claimed_fen) ? <span className="faint">—</span> : <Money fen={r.money.received_fen} bare />) },
    {
      key: 'due',
      title: w.due,
      render: (r) => (
        <>
          <span className="num">{tableDate(r.next_due, lang)}</span>
          {r.overdue > 0 && <div className="bad">{fill(w.overdue, { n: r.overdue })}</div>}
        </>
      ),
    },
  ]
  return <DataTable caption={w.title} rows={rows} rowKey={(r) => r.id} columns={columns} />
}
