import { Link, useParams } from 'react-router'
import { stampTime, tableDate } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { PageHead } from '@/pattern/layout/PageHead'
import { ProofBadge } from '@/pattern/proof/ProofBadge'
import { ErrorPanel } from '@/pattern/state/states'
import { Loaded } from '@/pattern/state/Loaded'
import { useAttestorName, useFact, useLog } from './api'
import { FactName, FactQuantity } from './FactName'
import type { Fact, Verdict } from './model'
import { useRecompute } from './recompute'

/** One fact: what was measured, who vouches, and its proof recomputed on this machine. */
export default function FactPage() {
  const { id = '' } = useParams()
  const fact = useFact(id)
  return <Loaded query={fact}>{(f) => <FactView fact={f} />}</Loaded>
}

function FactView({ fact }: { fact: Fact }) {
  const { d, lang, say } = useLang()
  const attestor = useAttestorName()
  const log = useLog()
  const proof = useRecompute(fact, log.data)
  const words: Record<string, string> = { true: d.app.yes, false: d.app.no }
  const kindName = say(fact.label) || fact.kind
  return (
    <>
      <PageHead title={kindName} aside={<span className="mono break">{fact.id}</span>} sentence={fill(d.evidence.factSentence, { by: attestor(fact.attested_by), on: tableDate(fact.occurred, lang) })} plain />
      <div className="columns">
        <div className="stack">
          <Card title={d.evidence.what}>
            <Facts
              items={[
                [d.evidence.kind, <FactName key="k" fact={fact} />],
                [d.evidence.subject, <span key="s" className="mono">{fact.subject}</span>],
                ...(fact.object ? [[d.evidence.object, fact.object] as [string, string]] : []),
                ...(fact.quantity && fact.unit !== 'count' ? [[d.evidence.quantity, <FactQuantity key="q" fact={fact} />] as [string, React.ReactNode]] : []),
                ...fact.attributes.map((x): [string, string] => [say(x.label) || x.name, say(x.words) || (words[x.value] ?? x.value)]),
                [d.evidence.occurred, tableDate(fact.occurred, lang)],
                [d.evidence.recorded, `${stampTime(fact.recorded, lang)} UTC+8`],
                [d.evidence.attestedBy, [attestor(fact.attested_by), fact.attestor].filter(Boolean).join(' · ')],
                ...(fact.corrects ? [[d.evidence.corrects, <FactLink key="c" id={fact.corrects} />] as [string, React.ReactNode]] : []),
                ...(fact.corrected_by ? [[d.evidence.correctedBy, <FactLink key="b" id={fact.corrected_by} />] as [string, React.ReactNode]] : []),
              ]}
            />
          </Card>
          {fact.canonical !== null && (
            <Card title={d.evidence.canonical} note={d.evidence.canonicalNote}>
              <pre className="mono break canonical">{fact.canonical}</pre>
              <p className="note break">
                {d.evidence.salt} <span className="mono">{fact.salt}</span>
              </p>
            </Card>
          )}
        </div>
        <div className="stack">
          <Card title={d.evidence.provable}>
            <ProofBadge seal={{ ...fact.seal, fact: '' }} recomputed={proof.state} onRecompute={proof.run} />
            {proof.error !== null && <ErrorPanel error={proof.error} unchanged="" />}
            {proof.verdict && <VerdictSteps verdict={proof.verdict} size={fact.seal.log_size} />}
          </Card>
          <p className="note prose">{d.evidence.stampNote}</p>
        </div>
      </div>
    </>
  )
}

function FactLink({ id }: { id: string }) {
  return (
    <Link to={`/evidence/facts/${id}`} className="mono">
      {id}
    </Link>
  )
}

/** Each step of the recomputation with its own verdict, so that a difference names its place. */
export function VerdictSteps({ verdict }: { verdict: Verdict; size: number | null }) {
  const { d } = useLang()
  const rows: [string, string][] = [
    [d.evidence.stepCommitment, verdict.commitment],
    [fill(d.evidence.stepPath, { n: verdict.steps }), verdict.path],
    [d.evidence.stepSignature, verdict.signature],
  ]
  return (
    <ol className="verdict">
      {rows.map(([name, result]) => (
        <li key={name}>
          <span>{name}</span>
          <b className={result === 'same' ? 'ok' : result === 'differs' ? 'bad' : 'soft'}>{d.evidence.result[result as keyof typeof d.evidence.result]}</b>
        </li>
      ))}
      <li className="note break">
        {d.evidence.root} <span className="mono">{verdict.root}</span>
      </li>
    </ol>
  )
}
