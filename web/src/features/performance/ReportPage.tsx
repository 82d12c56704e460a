import './performance.css'
import { Button, Input } from 'antd'
import { useRef, useState } from 'react'
import { Link, useParams } from 'react-router'
import { useWrite } from '@/api/write'
import { sentenceDate } from '@/calendar/date'
import { useMatterName } from '@/features/policy/api'
import { isOrganisation } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { answerReport, attach, submit, useReport, type Report } from './api'
import { ReportChip } from './PerformancePage'

/** One report: the organisation fills it in, the office answers, its outputs become facts. */
export default function ReportPage() {
  const { id = '' } = useParams()
  return <Loaded query={useReport(id)}>{(r) => <ReportView key={r.revision} report={r} />}</Loaded>
}

function ReportView({ report: r }: { report: Report }) {
  const { d, lang } = useLang()
  const matter = useMatterName()
  const own = isOrganisation(useSession().active?.role)
  const writes = r.allowed.includes('submit')
  const [reached, setReached] = useState<Record<string, string>>(Object.fromEntries(r.outputs.map((o) => [o.indicator, o.reached])))
  const [text, setText] = useState(r.text)
  const hand = useWrite(submit(r))
  const outputs = r.indicators.map((ind) => ({ indicator: ind.id, reached: (reached[ind.id] ?? '').trim() }))
  const ready = text.trim() !== '' && r.files.length > 0 && outputs.every((o) => /^\d+(\.\d+)?$/.test(o.reached))
  return (
    <>
      <PageHead
        title={d.performance.title}
        aside={<span className="mono">{r.number}</span>}
        crumbs={
          <>
            <Link to="/performance">{d.performance.title}</Link> › <Link to={`/applications/${r.case}`} className="mono">{r.case_number}</Link>
          </>
        }
        sentence={
          <>
            <ReportChip report={r} /> <Say text={d.performance.oneSentence} parts={{ org: r.org_name, matter: matter(r.measure, r.matter), paid: sentenceDate(r.paid_on, lang), due: <b className={r.overdue ? 'bad' : ''}>{sentenceDate(r.due_on, lang)}</b> }} />
          </>
        }
        actions={
          writes && (
            <Button type="primary" disabled={!ready || hand.isPending} onClick={() => hand.mutate({ outputs, text: text.trim() })}>
              {d.performance.submit}
            </Button>
          )
        }
      />
      <div className="columns">
        <div className="stack">
          {hand.error && <div className="card"><ErrorPanel error={hand.error} /></div>}
          {r.answer && (
            <Card title={d.performance.said}>
              <p className="prose">{r.answer}</p>
            </Card>
          )}
          <Card title={d.performance.indicators} flush>
            <Indicators report={r} writes={writes} reached={reached} onChange={(id, value) => setReached((all) => ({ ...all, [id]: value }))} />
          </Card>
          <Card title={d.performance.text}>
            {writes ? <Input.TextArea aria-label={d.performance.text} autoSize={{ minRows: 4, maxRows: 16 }} maxLength={2000} value={text} onChange={(event) => setText(event.target.value)} /> : <p className="prose">{r.text || '—'}</p>}
          </Card>
          {r.allowed.includes('answer') && <Answer report={r} />}
        </div>
        <Evidence report={r} writes={own && (r.state === 'due' || r.state === 'returned')} />
      </div>
    </>
  )
}

interface IndicatorsProps {
  report: Report
  writes: boolean
  reached: Record<string, string>
  onChange: (id: string, value: string) => void
}

function Indicators({ report: r, writes, reached, onChange }: IndicatorsProps) {
  const { d, say } = useLang()
  return (
    <DataTable
      caption={d.performance.indicators}
      rows={r.indicators}
      rowKey={(ind) => ind.id}
      columns={[
        { key: 'name', title: d.performance.output, main: true, render: (ind) => <><b>{say(ind.name)}</b> {ind.expected && <span className="note">{fill(d.performance.expected, { n: `${ind.expected} ${say(ind.unit)}` })}</span>}</> },
        {
          key: 'reached',
          title: d.performance.reached,
          number: true,
          render: (ind) => {
            const out = r.outputs.find((o) => o.indicator === ind.id)
            if (writes) return <Input className="reached" inputMode="decimal" aria-label={`${say(ind.name)} ${d.performance.reached}`} suffix={say(ind.unit)} value={reached[ind.id] ?? ''} onChange={(event) => onChange(ind.id, event.target.value)} />
            return out ? <span>{out.reached} {say(ind.unit)} {out.fact && <Link to={`/evidence/facts/${encodeURIComponent(out.fact)}`}>{d.performance.fact}</Link>}</span> : <span className="faint">—</span>
          },
        },
      ]}
    />
  )
}

function Answer({ report }: { report: Report }) {
  const { d } = useLang()
  const [reason, setReason] = useState('')
  const write = useWrite(answerReport(report))
  const say = (accept: boolean) => write.mutate({ accept, reason: reason.trim() })
  return (
    <Card title={d.performance.answer} className="answering">
      <Input.TextArea aria-label={d.performance.answer} placeholder={d.performance.answerHint} autoSize={{ minRows: 2, maxRows: 6 }} maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
      {write.error && <ErrorPanel error={write.error} />}
      <div className="row">
        <Button disabled={write.isPending || !reason.trim()} onClick={() => say(false)}>
          {d.performance.returnReport}
        </Button>
        <Button type="primary" disabled={write.isPending || !reason.trim()} onClick={() => say(true)}>
          {d.performance.acceptReport}
        </Button>
      </div>
    </Card>
  )
}

function Evidence({ report: r, writes }: { report: Report; writes: boolean }) {
  const { d } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const add = useWrite(attach(r.id))
  return (
    <Card title={d.performance.files} note={d.performance.filesNote}>
      {r.files.length === 0 && <p className="note">{d.performance.noFiles}</p>}
      <ul className="lacks">
        {r.files.map((file) => (
          <li key={file.id}>
            <a href={`/api/v1/performance/reports/${r.id}/files/${file.id}`} download className="break">
              {file.name}
            </a>
            <div className="note">
              SHA-256 <span className="mono">{file.sha256.slice(0, 16)}…</span>
            </div>
          </li>
        ))}
      </ul>
      {writes && (
        <p className="row">
          <input
            ref={input}
            type="file"
            hidden
            aria-label={d.performance.addFile}
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) add.mutate(file)
              event.target.value = ''
            }}
          />
          <Button size="small" disabled={add.isPending} onClick={() => input.current?.click()}>
            {d.performance.addFile}
          </Button>
        </p>
      )}
      {add.error && <ErrorPanel error={add.error} />}
    </Card>
  )
}
