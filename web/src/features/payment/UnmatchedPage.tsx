import './payment.css'
import { useState } from 'react'
import { Link } from 'react-router'
import { useSession } from '@/features/session/session'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { countOf, Paged } from '@/pattern/state/Paged'
import { Empty } from '@/pattern/state/states'
import { resolveLine, useUnmatched, type Line } from './api'
import { Deed } from './Deed'
import { Lines } from './Lines'

/** Lines for which nothing was posted, until somebody writes how each was dealt with. */
export default function UnmatchedPage() {
  const { d } = useLang()
  const acts = useSession().active?.role === 'finance'
  const list = useUnmatched()
  const [line, setLine] = useState<Line | null>(null)
  return (
    <>
      <PageHead title={d.payment.unmatched} crumbs={<Link to="/payment">{d.payment.title}</Link>} sentence={list.data && <Say text={d.payment.unmatchedSentence} parts={{ n: <b>{countOf(list)}</b> }} />} />
      <div className="stack">
        {line && (
          <Deed
            key={`${line.return}-${line.line}`}
            title={fill(d.payment.resolveTitle, { number: line.number, line: line.line })}
            summary={d.payment.resolveSummary}
            hint={d.payment.noteHint}
            act={d.payment.resolveAct}
            run={(resolution, key) => resolveLine({ id: line.return, line: line.line, resolution }, key)}
            onDone={() => setLine(null)}
          />
        )}
        <Card title={d.payment.unmatched} flush>
          <Paged query={list} empty={<Empty title={d.payment.noUnmatched} />}>
            {(rows) => <Lines caption={d.payment.unmatched} lines={rows} withReturn onResolve={acts ? setLine : undefined} />}
          </Paged>
        </Card>
      </div>
    </>
  )
}
