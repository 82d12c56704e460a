import { Select } from 'antd'
import { Link } from 'react-router'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { useExceptions, type Exception } from './api'
import { Propose } from './Propose'
import { StateChip } from './StateChip'

/** What is paid off the formula, in one list with its register; an officer proposes one more. */
export default function ExceptionsPage() {
  const { d } = useLang()
  const w = d.exception
  const role = useSession().active?.role
  const [state] = useFilter('state')
  const [q] = useFilter('q')
  const list = useExceptions(state, q)
  const next = state || q ? <Link to="/exceptions">{d.app.clearFilters}</Link> : w.noneHint
  return (
    <>
      <PageHead
        title={w.title}
        sentence={list.data && <Say text={w.sentence} parts={{ n: <b>{countOf(list)}</b> }} />}
        actions={
          <a href="/api/v1/exception-report.xlsx" download>
            {w.report}
          </a>
        }
      />
      <div className={role === 'office' ? 'columns' : ''}>
        <Card title={w.title} extra={<Filters />} flush>
          <Paged query={list} empty={<Empty title={w.none} next={next} />}>
            {(rows) => <Rows rows={rows} />}
          </Paged>
        </Card>
        {role === 'office' && <Propose />}
      </div>
    </>
  )
}

function Filters() {
  const { d } = useLang()
  const w = d.exception
  const [state, setState] = useFilter('state')
  return (
    <>
      <SearchFilter name="q" label={w.search} />
      <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.state).map(([value, label]) => ({ value, label }))]} />
    </>
  )
}

function Rows({ rows }: { rows: Exception[] }) {
  const { d, say } = useLang()
  const w = d.exception
  const columns: Column<Exception>[] = [
    {
      key: 'exception',
      title: w.what,
      main: true,
      render: (x) => (
        <>
          <Link to={`/exceptions/${x.id}`} className="row-name">
            {x.number}
          </Link>{' '}
          {x.org.name}
          <div className="note">{[x.matter, x.measure === '' ? '' : say(x.measure_name), w.departure[x.departure]].filter(Boolean).join(' · ')}</div>
        </>
      ),
    },
    {
      key: 'state',
      title: w.filterState,
      render: (x) => (
        <>
          <StateChip state={x.state} />
          {x.waits_for.length > 0 && <div className="note">{fill(w.waits, { seat: x.waits_for.map((seat) => w.seat[seat as 'office' | 'finance']).join(d.app.listComma) })}</div>}
        </>
      ),
    },
    { key: 'amount', title: w.amount, number: true, render: (x) => <Money fen={x.amount_fen} bare /> },
    { key: 'paid', title: w.paid, number: true, render: (x) => (x.case ? <Money fen={x.case.paid_fen} bare /> : <span className="faint">—</span>) },
  ]
  return <DataTable caption={w.title} rows={rows} rowKey={(x) => x.id} columns={columns} />
}
