import './policy.css'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { tableDate } from '@/calendar/date'
import { isOfficial } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { fill, useLang } from '@/i18n'
import { PageHead } from '@/pattern/layout/PageHead'
import { OutcomeShape } from '@/pattern/outcome/Outcome'
import { Loaded } from '@/pattern/state/Loaded'
import { useDocument, useMeasure } from './api'
import type { DocumentClause, Parameter, PolicyDocument } from './model'
import { Marked, type Pointing } from './Marked'
import { RuleCard } from './RuleCard'
import { TextState } from './TextState'
import { STANDING_SHAPE, StatusChip } from './StatusChip'

/** Clause list, the words (or our plain reading of them), and the rule beside the clause. */
export default function DocumentPage() {
  const { id = '' } = useParams()
  const document = useDocument(id)
  return (
    <Loaded query={document} lines={8}>
      {(doc) => <DocumentView document={doc} />}
    </Loaded>
  )
}

function DocumentView({ document: doc }: { document: PolicyDocument }) {
  const { d, lang, say } = useLang()
  const official = isOfficial(useSession().active?.role)
  const [params, setParams] = useSearchParams()
  const binding = doc.clauses_list.filter((c) => c.normative)
  const explainer = doc.clauses_list.filter((c) => !c.normative)
  const wanted = params.get('clause')
  const chosen = doc.clauses_list.find((c) => c.path === wanted) ?? nearest(doc.clauses_list, wanted) ?? binding.find((c) => c.rules.length > 0) ?? binding[0]
  const rule = params.get('rule') ?? chosen?.rules[0]
  const figures = useMeasure(rule ?? '').data?.parameters ?? []
  const [lit, point] = useState<number | null>(null)
  const pointer = { lit, point }
  const open = (path: string) => setParams({ clause: path }, { replace: true, preventScrollReset: true })
  useEffect(() => {
    if (wanted) window.document.getElementById(`clause-${wanted}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [wanted])
  return (
    <>
      <PageHead
        title={say(doc.title)}
        crumbs={<Link to="/policy">{d.nav.policy}</Link>}
        sentence={
          <span className="row">
            <StatusChip status={doc.status} />
            {doc.issued && <span>{fill(d.policy.issued, { on: tableDate(doc.issued, lang) })}</span>}
            {doc.to && <span>{fill(d.policy.until, { on: tableDate(doc.to, lang) })}</span>}
            {doc.questions.length > 0 && (
              <span>
                {d.policy.openHere}{' '}
                {doc.questions.map((q) => (
                  <Link key={q} to={`/policy/questions#${q}`} className="hold document-question">
                    {q}
                  </Link>
                ))}
              </span>
            )}
          </span>
        }
        actions={
          official &&
          rule && (
            <Link to={`/whatif/${rule}`}>
              <Button type="primary">{d.policy.tryChange}</Button>
            </Link>
          )
        }
      />
      <TextState id={doc.id} state={doc.text_state} />
      <div className="document">
        <ClauseList clauses={binding} chosen={chosen?.path} onOpen={open} />
        <div className={rule ? 'card joined' : 'card joined joined-alone'}>
          <div className="clauses">
            <ol>
              {binding.map((c) => (
                <ClauseText key={c.path} clause={c} chosen={c.path === chosen?.path} figures={figures} pointer={pointer} onOpen={() => open(c.path)} />
              ))}
            </ol>
            {explainer.length > 0 && (
              <details className="explainer" open={explainer.some((c) => c.path === wanted)}>
                <summary>{fill(d.policy.explainer, { n: explainer.length })}</summary>
                <ol>
                  {explainer.map((c) => (
                    <ClauseText key={c.path} clause={c} chosen={c.path === chosen?.path} figures={figures} pointer={pointer} onOpen={() => open(c.path)} />
                  ))}
                </ol>
              </details>
            )}
          </div>
          {chosen && rule && <RuleCard key={rule} id={rule} pointer={pointer} others={chosen.rules} onOther={(id) => setParams({ clause: chosen.path, rule: id }, { replace: true, preventScrollReset: true })} />}
        </div>
      </div>
    </>
  )
}

/** A reference to 八(三) opens 八 when the list does not go that deep. */
function nearest(clauses: DocumentClause[], path: string | null): DocumentClause | undefined {
  return path === null ? undefined : [...clauses].sort((a, b) => b.path.length - a.path.length).find((c) => path.startsWith(c.path))
}

function ClauseList({ clauses, chosen, onOpen }: { clauses: DocumentClause[]; chosen: string | undefined; onOpen: (path: string) => void }) {
  const { d, say } = useLang()
  return (
    <nav className="clause-list" aria-label={d.policy.clauseList}>
      <p className="note">{fill(d.policy.clauseCount, { n: clauses.length, rules: clauses.filter((c) => c.rules.length > 0).length })}</p>
      <ul>
        {clauses.map((c) => (
          <li key={c.path}>
            <button type="button" title={say(c.title)} aria-current={c.path === chosen ? 'true' : undefined} onClick={() => onOpen(c.path)} style={{ paddingLeft: 10 + 12 * c.depth }}>
              <span className="song">{c.number}</span> <span className="clause-title">{say(c.title)}</span>
              <OutcomeShape outcome={STANDING_SHAPE[c.standing]} />
              <span className="visually-hidden">{d.policy.standing[c.standing]}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="note clause-key">
        <OutcomeShape outcome="eligible" size={9} /> {d.policy.standing.payable}{"\u3000"}<OutcomeShape outcome="undecided" size={9} /> {d.policy.standing.undecided}{"\u3000"}<OutcomeShape outcome="simulation_only" size={9} /> {d.policy.standing.simulation}{"\u3000"}
        <OutcomeShape outcome="not_eligible" size={9} /> {d.policy.standing.none}
      </p>
    </nav>
  )
}

interface ClauseTextProps {
  clause: DocumentClause
  chosen: boolean
  /** Figures of the open rule, whose phrases are marked in the chosen clause. */
  figures: Parameter[]
  pointer: Pointing
  onOpen: () => void
}

function ClauseText({ clause, chosen, figures, pointer, onOpen }: ClauseTextProps) {
  const { d, say } = useLang()
  return (
    <li id={`clause-${clause.path}`} className={chosen ? 'clause chosen' : 'clause'}>
      <h2 className="clause-head">
        <button type="button" onClick={onOpen}>
          <span className="song">{clause.number}</span> {say(clause.title)}
        </button>
      </h2>
      {clause.text ? (
        <p className="song clause-words" lang="zh-CN">
          {chosen ? <Marked text={clause.text} figures={figures} pointer={pointer} /> : clause.text}
        </p>
      ) : (
        clause.reading && <p className="clause-reading">{say(clause.reading)}</p>
      )}
      {clause.rules.length === 0 && clause.why_no_rule && <p className="note">{`${d.policy.noRule} ${say(clause.why_no_rule)}`}</p>}
    </li>
  )
}
