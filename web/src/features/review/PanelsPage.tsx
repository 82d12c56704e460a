import './review.css'
import { Select } from 'antd'
import { Link } from 'react-router'
import { tableDate } from '@/calendar/date'
import { useMeasures } from '@/features/policy/api'
import { useSession } from '@/features/session/session'
import { useToday } from '@/features/today/api'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { usePanels, useRules, type PanelRow } from './api'
import { Crumbs } from './Crumbs'
import { OpenPanel } from './OpenPanel'

/** Every panel with how far it has come, and forming one more. */
export default function PanelsPage() {
  const { d } = useLang()
  const w = d.review
  const office = useSession().active?.role === 'office'
  const [state, setState] = useFilter('state')
  const [q] = useFilter('q')
  const list = usePanels(state, q)
  const rules = useRules()
  const today = useToday()
  const filter = (
    <>
      <SearchFilter name="q" label={w.findPanel} />
      <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.panelState).map(([value, label]) => ({ value, label }))]} />
    </>
  )
  return (
    <>
      <PageHead title={w.panels} crumbs={<Crumbs />} sentence={list.data && <Say text={w.panelsSentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className={office ? 'columns' : ''}>
        <Card title={w.panels} extra={filter} flush>
          <Paged query={list} empty={<Empty title={q || state ? w.panelsNoneFound : w.panelsNone} next={(q || state) && <Link to="/panels">{d.app.clearFilters}</Link>} />}>
            {(rows) => <Rows rows={rows} />}
          </Paged>
        </Card>
        {office && rules.data && today.data && <OpenPanel rules={rules.data} thisYear={today.data.year} />}
      </div>
    </>
  )
}

function Rows({ rows }: { rows: PanelRow[] }) {
  const { d, lang, say } = useLang()
  const w = d.review
  const measures = useMeasures()
  const columns: Column<PanelRow>[] = [
    {
      key: 'name',
      title: w.panelName,
      main: true,
      render: (p) => (
        <>
          <Link to={`/panels/${p.id}`} className="row-name">
            {p.name}
          </Link>
          <div className="note">
            {say(measures.data?.find((m) => m.id === p.measure)?.name) || p.measure} · {fill(w.nCases, { n: p.cases.length })}
          </div>
        </>
      ),
    },
    { key: 'state', title: w.filterState, render: (p) => <StateOf state={p.state} /> },
    { key: 'progress', title: w.progress, number: true, render: (p) => (p.seats === 0 ? <span className="faint">—</span> : `${p.final} / ${p.seats}`) },
    { key: 'at', title: w.when, render: (p) => <span className="num">{tableDate(p.updated_at, lang)}</span> },
  ]
  return <DataTable caption={w.panels} rows={rows} rowKey={(p) => p.id} columns={columns} />
}

const TONE: Record<PanelRow['state'], string> = { open: 'chip-lacking', scoring: '', complete: 'chip-eligible', closed: 'chip-eligible', cancelled: 'chip-bad' }

export function StateOf({ state }: { state: PanelRow['state'] }) {
  const { d } = useLang()
  return <span className={`chip ${TONE[state]}`}>{d.review.panelState[state]}</span>
}
