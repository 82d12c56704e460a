import './whatif-page.css'
import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useMeasure, useMeasures } from '@/features/policy/api'
import type { Measure } from '@/features/policy/model'
import { fill, Say, useLang } from '@/i18n'
import { compare, difference, isZero, MINUS, plain, type Fen } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { DataTable, type Column } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { Dumbbells } from '@/pattern/whatif/Dumbbells'
import { simulate, written } from './api'
import { Levers } from './Levers'
import { csvCell, readValue, type Simulation, type WhenShort } from './model'
import { Shortfall } from './Shortfall'

/** Organisations in the chart; the table has them all. */
const SHOWN = 24

/** Change a number of a rule and see, organisation by organisation, what it does. Nothing is written. */
export default function WhatIfPage() {
  const { d, say } = useLang()
  const { measure = '' } = useParams()
  const navigate = useNavigate()
  const measures = useMeasures()
  const choices = measures.data?.filter((m) => m.parameters > 0) ?? []
  const id = measure || choices.find((m) => m.id === '002-6')?.id || choices[0]?.id || ''
  const rule = useMeasure(id)
  const picker = (
    <Select
      className="whatif-picker"
      aria-label={d.whatifPage.pick}
      value={id || null}
      onChange={(next) => void navigate(`/whatif/${next}`)}
      options={choices.map((m) => ({ value: m.id, label: `${say(m.clause?.label) || m.id} ${say(m.name)}` }))}
    />
  )
  if (!id) return <Loaded query={measures}>{() => <Empty title={d.whatifPage.none} />}</Loaded>
  return (
    <Loaded query={rule} lines={8}>
      {(m) => <Panel key={m.id} measure={m} picker={picker} />}
    </Loaded>
  )
}

function Panel({ measure, picker }: { measure: Measure; picker: React.ReactNode }) {
  const { d, say } = useLang()
  const { unit } = useUnit()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const [whenShort, setWhenShort] = useState<WhenShort>('pro_rata')
  const settled = useDeferredValue(typed)
  const set = changed(measure, settled)
  const run = useQuery({
    queryKey: ['simulate', measure.id, set, whenShort],
    queryFn: () => simulate({ measure: measure.id, set: written(measure.parameters, set ?? {}), when_short: whenShort }),
    enabled: set !== null,
    placeholderData: (previous) => previous,
  })
  return (
    <>
      <PageHead title={fill(d.whatifPage.title, { name: say(measure.name) })} aside={d.whatifPage.aside} sentence={run.data && <Sentence simulation={run.data} touched={Object.keys(set ?? {}).length > 0} />} actions={picker} />
      <p className="note phone-note">{d.app.better}</p>
      <div className="whatif">
        <div className="stack">
          <Levers measure={measure} typed={typed} onType={(path, text) => setTyped({ ...typed, [path]: text })} onReset={() => setTyped({})} />
        </div>
        <div className="stack">
          {run.isError && <div className="card"><ErrorPanel error={run.error} onRetry={() => void run.refetch()} unchanged={d.whatifPage.nothingWritten} /></div>}
          {!run.data && !run.isError && <Loading lines={6} />}
          {run.data && (
            <>
              <Figures simulation={run.data} />
              <div className="card whatif-body">
                <div className="whatif-chart">
                  <div className="card-head">
                    <h2>{d.whatifPage.each}</h2>
                    <span className="note">
                      {fill(d.whatifPage.eachNote, { unit: unit === 'wan' ? d.money.wan : d.money.yuan })}
                      {run.data.changes.length > SHOWN && fill(d.whatifPage.eachShown, { shown: SHOWN, n: run.data.changes.length })}
                    </span>
                  </div>
                  {run.data.changes.length === 0 ? <Empty title={d.whatifPage.nobody} /> : <Dumbbells changes={run.data.changes.slice(0, SHOWN)} />}
                </div>
                <Shortfall simulation={run.data} chosen={whenShort} onChoose={setWhenShort} />
              </div>
              <ChangesTable simulation={run.data} />
            </>
          )}
        </div>
      </div>
    </>
  )
}

/** The parameters that differ from the rule in force; null while one is not readable. */
function changed(measure: Measure, typed: Record<string, string>): Record<string, string> | null {
  const set: Record<string, string> = {}
  for (const p of measure.parameters) {
    const text = typed[p.path]
    if (text === undefined) continue
    const value = readValue(p, text)
    if (value === null) return null
    if (value !== p.value) set[p.path] = value
  }
  return set
}

function Sentence({ simulation: s, touched }: { simulation: Simulation; touched: boolean }) {
  const { d } = useLang()
  if (!touched) return <Say text={d.whatifPage.sentenceNow} parts={{ n: <b>{s.before.organisations}</b>, total: <b><Money fen={s.before.total_fen} overview /></b> }} />
  if (s.gainers + s.losers === 0) return d.whatifPage.noEffect
  return (
    <>
      <Say text={d.whatifPage.sentence} parts={{ gain: <b>{s.gainers}</b>, new: s.newcomers, lose: <b className={s.losers > 0 ? 'bad' : ''}>{s.losers}</b>, total: <b><Money fen={s.after.total_fen} overview /></b> }} />
      {!isZero(s.after.over_fen) && <Say text={d.whatifPage.sentenceOver} parts={{ over: <b className="bad"><Money fen={s.after.over_fen} overview /></b> }} />}
      {d.today.stop}
      {s.sampled && d.whatifPage.sampled}
      {s.provisional && <Provisional questions={s.questions} />}
    </>
  )
}

/** Amounts that stand on safe defaults, and the questions behind them. */
function Provisional({ questions }: { questions: string[] }) {
  const { d } = useLang()
  return (
    <span className="hold">
      {' '}
      {d.whatifPage.provisional}{' '}
      {questions.map((id) => (
        <Link key={id} to={`/policy/questions#${id}`}>
          {id}{' '}
        </Link>
      ))}
    </span>
  )
}

function Figures({ simulation: s }: { simulation: Simulation }) {
  const { d } = useLang()
  const { unit } = useUnit()
  const named = (label: string) => fill(d.whatifPage.inUnit, { label, unit: unit === 'wan' ? d.money.wan : d.money.yuan })
  const more = difference(s.after.total_fen, s.before.total_fen)
  const firms = s.after.organisations - s.before.organisations
  return (
    <dl className="card figures">
      <div>
        <dt>{named(d.whatifPage.spend)}</dt>
        <dd>
          {!isZero(more) && <span className="faint"><Money fen={s.before.total_fen} overview bare /> → </span>}
          <b><Money fen={s.after.total_fen} overview bare /></b>
          {!isZero(more) && <span className={compare(more, '0') > 0 ? 'note bad' : 'note'}> <Money fen={more} overview bare signed /></span>}
        </dd>
      </div>
      <div>
        <dt>{d.whatifPage.firms}</dt>
        <dd>
          {firms !== 0 && <span className="faint">{s.before.organisations} → </span>}
          <b>{s.after.organisations}</b>
          {firms !== 0 && <span className="note"> {firms > 0 ? `+${firms}` : `${MINUS}${-firms}`}</span>}
        </dd>
      </div>
      <div>
        <dt>{named(d.whatifPage.budget)}</dt>
        <dd>{s.after.budget_fen === null ? <span className="faint">{d.today.noCeiling}</span> : <b><Money fen={s.after.budget_fen} overview bare /></b>}</dd>
      </div>
      <div>
        <dt>{named(d.whatifPage.lost)}</dt>
        <dd>
          <b className={s.losers > 0 ? 'bad' : ''}><Money fen={s.lost_fen} overview bare /></b> <span className="note">{fill(d.whatifPage.losers, { n: s.losers })}</span>
        </dd>
      </div>
    </dl>
  )
}

/** The chart as a table, and as CSV, for whoever cannot or will not read the drawing; amounts in yuan. */
function ChangesTable({ simulation: s }: { simulation: Simulation }) {
  const { d } = useLang()
  const shared = s.changes.some((c) => c.paid_fen !== null)
  const heads = [d.application.applicant, d.whatif.before, d.whatifPage.after, ...(shared ? [d.whatifPage.shared] : [])]
  const csv = [heads, ...s.changes.map((c) => [c.name, plain(c.before_fen), plain(c.after_fen), ...(shared ? [c.paid_fen === null ? '' : plain(c.paid_fen)] : [])])]
    .map((row) => row.map(csvCell).join(','))
    .join('\n')
  const columns: Column<Simulation['changes'][number]>[] = [
    { key: 'name', title: d.application.applicant, main: true, render: (c) => c.name },
    { key: 'before', title: d.whatif.before, number: true, render: (c) => <Money fen={c.before_fen} bare /> },
    { key: 'after', title: d.whatifPage.after, number: true, render: (c) => <Money fen={c.after_fen} bare /> },
    { key: 'delta', title: d.whatifPage.delta, number: true, render: (c) => <Delta fen={difference(c.after_fen, c.before_fen)} /> },
  ]
  if (shared) columns.push({ key: 'paid', title: d.whatifPage.shared, number: true, render: (c) => (c.paid_fen === null ? '—' : <Money fen={c.paid_fen} bare />) })
  return (
    <details className="card">
      <summary className="whatif-summary">{fill(d.whatifPage.table, { n: s.changes.length })}</summary>
      <p className="card-body spread">
        <span className="note">{d.money.yuan}</span>
        <a href={`data:text/csv;charset=utf-8,%EF%BB%BF${encodeURIComponent(csv)}`} download="what-if.csv">
          {d.whatifPage.csv}
        </a>
      </p>
      <DataTable caption={d.whatifPage.each} compact rows={s.changes} rowKey={(c) => c.key} columns={columns} />
    </details>
  )
}

function Delta({ fen }: { fen: Fen }) {
  const { d } = useLang()
  if (isZero(fen)) return <span className="faint">{d.whatif.same}</span>
  return <span className={compare(fen, '0') < 0 ? 'bad' : ''}><Money fen={fen} bare signed /></span>
}
