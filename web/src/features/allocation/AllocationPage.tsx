import './allocation.css'
import { Select } from 'antd'
import { Link, useParams } from 'react-router'
import { stampTime } from '@/calendar/date'
import { useCall } from '@/features/call/api'
import { useMeasureName } from '@/features/policy/api'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { SearchFilter, useFilter } from '@/pattern/layout/Filter'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Stamp } from '@/pattern/proof/Stamp'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useAllocation } from './api'
import { Rerun, Settle } from './AllocationActs'
import { fatesOf, totals, type Allocation, type Sums } from './model'
import { Ranked } from './Ranked'
import { Alternatives, Prospects, Questions } from './Undecided'

/** A call's common allocation: from the frozen snapshot to who gets what, and why the others do not. */
export default function AllocationPage() {
  const { id = '' } = useParams()
  return (
    <Loaded query={useAllocation(id)} lines={8}>
      {(a) => (a.result ? <Page allocation={a} result={a.result} /> : null)}
    </Loaded>
  )
}

function Page({ allocation: a, result }: { allocation: Allocation; result: Sums }) {
  const { d, say } = useLang()
  const call = useCall(a.call).data
  const [q] = useFilter('q')
  const [fate] = useFilter('fate')
  const all = totals(result.measures)
  const parts = { apps: <b>{all.applications}</b>, awarded: <b>{all.awarded}</b>, due: <b><Money fen={all.due} /></b>, paid: <b><Money fen={all.paid} /></b>, n: <b className="hold">{result.questions.length}</b> }
  return (
    <>
      <PageHead
        title={call ? `${say(call.terms.name)} ${d.call.allocations}` : d.call.allocations}
        aside={
          <>
            <span className="mono">{a.number}</span> <span className={`chip ${a.state === 'settled' ? 'chip-eligible' : ''}`}>{d.allocation.state[a.state]}</span>
          </>
        }
        crumbs={<Link to={`/calls/${a.call}`}>{call ? `${d.allocation.call} ${call.number}` : d.allocation.call}</Link>}
        sentence={<Say text={result.outcome === 'decided' ? d.allocation.sentence : d.allocation.sentenceOpen} parts={parts} />}
      />
      <p className="note allocation-better">{d.app.better}</p>
      <div className="columns">
        <div className="stack">
          {result.outcome === 'undecided' && <Questions result={result} />}
          <Alternatives result={result} />
          {all.applications === 0 && <Empty title={d.allocation.empty} />}
          {all.applications > 0 && <Filters result={result} />}
          {result.measures.map((tally) => (
            <Ranked key={tally.measure} id={a.id} tally={tally} result={result} narrowed={{ q, fate }} />
          ))}
          <Prospects id={a.id} result={result} q={q} />
        </div>
        <div className="stack">
          <Snapshot allocation={a} />
          <Settle allocation={a} result={result} />
          <Rerun id={a.id} />
          <Remarks result={result} />
        </div>
      </div>
    </>
  )
}

/** Narrows every measure's list: by number or organisation, and by what a case came to. */
function Filters({ result }: { result: Sums }) {
  const { d } = useLang()
  const [fate, setFate] = useFilter('fate')
  const fates = fatesOf(result)
  const words = d.allocation.fate
  return (
    <div className="row allocation-filters" role="search" aria-label={d.allocation.search}>
      <SearchFilter name="q" label={d.allocation.search} />
      {fates.length > 0 && (
        <Select
          size="small"
          className="filter-state"
          popupMatchSelectWidth={false}
          aria-label={d.allocation.result}
          value={fate}
          onChange={setFate}
          options={[{ value: '', label: words.any }, { value: 'excluded', label: words.excluded }, ...fates.map(([value, n]) => ({ value, label: `${words[value]} ${n.toLocaleString('en-US')}` }))]}
        />
      )}
    </div>
  )
}

function Snapshot({ allocation: a }: { allocation: Allocation }) {
  const { d, lang } = useLang()
  return (
    <Card title={d.allocation.snapshot}>
      <div className="snapshot">
        <Stamp hash={a.input_hash} size={72} />
        <div>
          <Facts
            items={[
              [d.allocation.inputHash, <span key="in" className="mono break">{a.input_hash}</span>],
              [d.allocation.resultHash, <span key="out" className="mono break">{a.result_hash}</span>],
              [d.allocation.computedBy, `${a.by} · ${stampTime(a.at, lang)}`],
              ...(a.settled_by ? [[d.allocation.settledBy, `${a.settled_by} · ${stampTime(a.settled_at, lang)}`] as [string, string]] : []),
            ]}
          />
        </div>
      </div>
      <p className="note">{d.allocation.snapshotNote}</p>
      <p className="row">
        <a href={`/api/v1/allocations/${a.id}/snapshot`} download>
          {d.allocation.download}
        </a>
        <a href={`/api/v1/allocations/${a.id}/result`} download>
          {d.allocation.downloadResult}
        </a>
      </p>
    </Card>
  )
}

/** What a person should look at; it changes no award. */
function Remarks({ result }: { result: Sums }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  if (result.notes.length + result.exceptions.length + result.shared_papers.length === 0) return null
  return (
    <Card title={d.allocation.notes}>
      <ul className="lacks">
        {result.notes.map((note, i) => (
          <li key={`note${i}`}>
            {say(note.text)} <div className="note">{say(measure(note.measure))}</div>
          </li>
        ))}
        {result.exceptions.map((e) => (
          <li key={e.id}>
            {d.allocation.exceptions}{' '}
            <Link to={`/exceptions?q=${e.id}`} className="mono">
              {e.id}
            </Link>{' '}
            {e.name || e.code} <Money fen={e.amount_fen} />
            <div className="note">{fill(d.exception.onCaseNote, { names: e.approvers.join(d.app.listComma) })}</div>
          </li>
        ))}
        {result.shared_papers.length > 0 && (
          <li>
            {d.allocation.shared}
            {result.shared_paper_count > result.shared_papers.length && <div className="note">{fill(d.allocation.sharedMore, { n: result.shared_papers.length, all: result.shared_paper_count })}</div>}
            {result.shared_papers.map((paper, i) => (
              <div key={i} className="note">
                {say(paper.text)}:{' '}
                {paper.cases.map((c) => (
                  <Link key={c.id} to={`/applications/${c.id}`} className="mono">
                    {c.number || c.id}{' '}
                  </Link>
                ))}
              </div>
            ))}
          </li>
        )}
      </ul>
    </Card>
  )
}
