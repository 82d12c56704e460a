import { Button, Select } from 'antd'
import { Link, useNavigate } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useOrders } from './api'
import type { Row } from './model'
import { StateChip } from './StateChip'
import { UnusedCard } from './UnusedCard'

/** Every budget order; finance writes one more, and looks at what a year left over. */
export default function OrdersPage() {
  const { d } = useLang()
  const w = d.budget
  const go = useNavigate()
  const writes = useSession().active?.role === 'finance'
  const [state] = useFilter('state')
  const [year] = useFilter('year')
  const [q] = useFilter('q')
  const [purse] = useFilter('purse')
  const [measure] = useFilter('measure')
  const list = useOrders({ state, year, q, purse, measure })
  const filtered = [state, year, q, purse, measure].some(Boolean)
  return (
    <>
      <PageHead
        title={w.title}
        crumbs={<Link to="/ledger">{d.nav.ledger}</Link>}
        sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />}
        actions={
          writes && (
            <Button type="primary" onClick={() => void go('/budgets/new')}>
              {w.write}
            </Button>
          )
        }
      />
      <div className="stack">
        <Card title={w.title} note={(purse || measure) && fill(w.only, { programme: [purse, measure].filter(Boolean).join(' · ') })} extra={<Filters />} flush>
          <Paged query={list} empty={<Empty title={w.none} next={filtered ? <Link to="/budgets">{d.app.clearFilters}</Link> : w.noneHint} />}>
            {(rows) => <Rows rows={rows} />}
          </Paged>
        </Card>
        <UnusedCard writes={writes} />
      </div>
    </>
  )
}

function Filters() {
  const { d } = useLang()
  const w = d.budget
  const now = Number(useSession().businessDate.slice(0, 4))
  const [state, setState] = useFilter('state')
  const [year, setYear] = useFilter('year')
  const years = [now + 1, now, now - 1, now - 2].map(String)
  return (
    <>
      <SearchFilter name="q" label={w.search} />
      <Select size="small" className="filter-state" aria-label={w.year} value={year} onChange={setYear} options={[{ value: '', label: w.anyYear }, ...years.map((value) => ({ value, label: value }))]} />
      <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.state).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ rows }: { rows: Row[] }) {
  const { d, lang } = useLang()
  const w = d.budget
  const amount = (fen: string) => (isZero(fen) ? <span className="faint">—</span> : <Money fen={fen} bare />)
  return (
    <DataTable
      caption={w.title}
      rows={rows}
      rowKey={(r) => r.id}
      columns={[
        {
          key: 'order',
          title: w.order,
          width: '40%',
          main: true,
          render: (r) => (
            <>
              <Link to={`/budgets/${r.id}`} className="row-name">
                {r.number}
              </Link>{' '}
              <span className="note">{[String(r.year), fill(w.linesOf, { n: r.line_count })].join(' · ')}</span>
              <div className="note break">{r.basis}</div>
            </>
          ),
        },
        { key: 'state', title: w.filterState, render: (r) => <StateChip state={r.state} /> },
        { key: 'given', title: w.given, number: true, render: (r) => amount(r.given_fen) },
        { key: 'taken', title: w.taken, number: true, render: (r) => amount(r.taken_fen) },
        {
          key: 'people',
          title: w.people,
          render: (r) => (
            <>
              {r.proposed_by} / {r.confirmed_by || '—'}
              <div className="note">{tableDate(r.confirmed_on ?? r.day, lang)}</div>
            </>
          ),
        },
      ]}
    />
  )
}
