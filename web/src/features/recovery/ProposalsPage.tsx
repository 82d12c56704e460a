import '../../pattern/outcome/outcome.css'
import './recovery.css'
import { Button, Select } from 'antd'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Paged } from '@/pattern/state/Paged'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { Words } from '@/pattern/form/Form'
import { settle, useProposals } from './api'
import { Crumbs } from './Crumbs'
import type { Proposal } from './model'

/** What corrected facts suggest; an officer takes it up or lets it lie. */
export default function ProposalsPage() {
  const { d } = useLang()
  const w = d.recovery
  const office = useSession().active?.role === 'office'
  const [state, setState] = useFilter('state')
  const list = useProposals(state)
  const [chosen, setChosen] = useState<Proposal | null>(null)
  const filter = <Select size="small" className="filter-state" aria-label={w.filterState} value={state} onChange={setState} options={[{ value: '', label: w.anyState }, ...Object.entries(w.proposalState).map(([value, label]) => ({ value, label }))]} />
  return (
    <>
      <PageHead title={w.proposals} crumbs={<Crumbs />} sentence={w.proposalsSentence} />
      <div className={chosen ? 'columns' : ''}>
        <Card title={w.proposals} extra={filter} flush>
          <Paged query={list} empty={<Empty title={w.proposalsNone} next={state && <Link to="/recovery-proposals">{d.app.clearFilters}</Link>} />}>
            {(rows) => <Rows rows={rows} onChoose={office ? setChosen : null} />}
          </Paged>
        </Card>
        {chosen && <Settle key={chosen.id} proposal={chosen} onDone={() => setChosen(null)} />}
      </div>
    </>
  )
}

function Rows({ rows, onChoose }: { rows: Proposal[]; onChoose: ((p: Proposal) => void) | null }) {
  const { d, say } = useLang()
  const w = d.recovery
  const columns: Column<Proposal>[] = [
    {
      key: 'application',
      title: w.case,
      main: true,
      render: (p) => (
        <>
          <Link to={`/applications/${p.application}`} className="mono">
            {p.number}
          </Link>{' '}
          {p.org_name}
          <div className="note">
            {[say(p.measure_name) || p.measure, p.object].filter(Boolean).join(' · ')} · {w.corrections}{' '}
            {p.facts.map((fact, i) => (
              <Link key={fact} to={`/evidence/facts/${fact}`}>
                {fill(w.correctedFact, { n: i + 1 })}{' '}
              </Link>
            ))}
          </div>
        </>
      ),
    },
    { key: 'kind', title: w.proposals, render: (p) => <span className={`chip ${p.kind === 'recovery' ? 'chip-bad' : 'chip-lacking'}`}>{w.kind[p.kind]}</span> },
    {
      key: 'sums',
      title: w.paidNow,
      number: true,
      render: (p) => (
        <>
          <Money fen={p.paid_fen} bare />
          <div className="note">{p.kind === 'unclear' ? '—' : <Money fen={p.now_fen} bare />}</div>
        </>
      ),
    },
    { key: 'amount', title: w.difference, number: true, render: (p) => (p.kind === 'unclear' ? '—' : <Money fen={p.amount_fen} bare />) },
    {
      key: 'state',
      title: w.filterState,
      render: (p) => (
        <>
          {p.state === 'open' && onChoose ? <Button size="small" onClick={() => onChoose(p)}>{w.act}</Button> : w.proposalState[p.state]}
          {p.case !== '' && (
            <div>
              <Link to={`/recoveries/${p.case}`}>{w.toCase}</Link>
            </div>
          )}
          {p.reason !== '' && <div className="note">{p.reason}</div>}
        </>
      ),
    },
  ]
  return <DataTable caption={w.proposals} rows={rows} rowKey={(p) => p.id} columns={columns} />
}

function Settle({ proposal: p, onDone }: { proposal: Proposal; onDone: () => void }) {
  const { d } = useLang()
  const w = d.recovery
  const go = useNavigate()
  const [reason, setReason] = useState('')
  const send = useWrite(settle(p.id), (settled) => {
    onDone()
    if (settled.case) void go(`/recoveries/${settled.case}`)
  })
  const act = (take: boolean) => send.mutate({ take, reason: reason.trim() })
  const ready = reason.trim() !== '' && !send.isPending
  return (
    <Card title={w.kind[p.kind]} note={p.number}>
      <div className="stack">
        <Words label={w.reason} hint={w.reasonHint} value={reason} onChange={setReason} />
        {send.error && <ErrorPanel error={send.error} />}
        <div className="row">
          <Button type="primary" disabled={!ready} onClick={() => act(true)}>
            {w.takeUp}
          </Button>
          <Button disabled={!ready} onClick={() => act(false)}>
            {w.dismiss}
          </Button>
        </div>
      </div>
    </Card>
  )
}
