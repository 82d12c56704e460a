import './call.css'
import type { ReactNode } from 'react'
import { tableDate } from '@/calendar/date'
import { useFactorName, useMeasureName } from '@/features/policy/api'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { Facts } from '@/pattern/layout/Facts'
import { Money } from '@/pattern/money/Money'
import type { Call, Offer, Rank } from './model'

/** What holds for the whole call. */
export function CallTerms({ call }: { call: Call }) {
  const { d, lang } = useLang()
  const { terms, guide } = call
  return (
    <Card title={d.call.terms}>
      <Facts
        items={[
          [d.call.period, <span key="period" className="num">{fill(d.call.to, { from: tableDate(terms.opens, lang), to: tableDate(terms.closes, lang) })}</span>],
          [d.call.lateBy, terms.late_by > 0 ? fill(d.call.lateDays, { n: terms.late_by }) : d.call.lateNone],
          [d.call.promise, fill(d.call.workdays, { n: terms.promise })],
          [d.call.notice, terms.notice > 0 ? fill(d.call.workdays, { n: terms.notice }) : d.call.noticeNone],
          [d.call.channel, d.call.channels[terms.channel]],
          [
            d.call.guide,
            <span key="guide">
              {guide.digest ? fill(guide.version > 0 ? d.call.guidePinned : d.call.guidePinnedOnly, { year: guide.year, version: guide.version }) : fill(d.call.guideDraft, { year: terms.guide })}
              {guide.digest && <span className="note mono"> {guide.digest.slice(0, 16)}…</span>}
            </span>,
          ],
        ]}
      />
    </Card>
  )
}

const YEARS = ['transaction', 'application', 'award', 'budget'] as const

/** One measure as the call opens it. */
export function OfferTerms({ offer: o, children }: { offer: Offer; children?: ReactNode }) {
  const { d, say } = useLang()
  const measure = useMeasureName()
  const reviews = [o.review.departments ? d.call.reviewDepartments : '', o.review.scores > 0 ? fill(d.call.reviewScores, { n: o.review.scores }) : ''].filter(Boolean)
  return (
    <Card title={say(measure(o.measure))} note={<span className="mono">{o.measure}</span>}>
      <Facts
        items={[
          [d.call.budget, <Money key="budget" fen={o.budget_fen} />],
          [d.call.quota, o.quota > 0 ? fill(d.call.quotaOf, { n: o.quota }) : d.call.quotaNone],
          [d.call.way, o.together ? d.call.together : d.call.each],
          [d.call.whenShort, o.when_short ? d.call.ways[o.when_short] : <span key="open" className="hold">{d.call.wayOpen}</span>],
          ...(o.together ? [[d.call.rank, <RankTerms key="rank" measure={o.measure} rank={o.rank} />] as [string, ReactNode]] : []),
          [d.call.share, d.call.shares[o.share || 'formula']],
          [d.call.review, reviews.length > 0 ? reviews.join(d.app.listComma) : d.call.reviewNone],
          [
            d.call.evidence,
            o.evidence.length === 0 ? (
              d.call.evidenceNone
            ) : (
              <ul key="evidence">
                {o.evidence.map((e) => (
                  <li key={e.id}>
                    {say(e.name)} <span className="note">{e.required ? d.application.required : d.application.optional}</span>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
      <dl className="years">
        {YEARS.map((year) => (
          <div key={year} title={d.call.yearHint[year]}>
            <dt className="note">{d.call.year[year]}</dt>
            <dd className="num">
              <b>{o.years[year]}</b>
            </dd>
            <dd className="note">{d.call.yearHint[year]}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Card>
  )
}

function RankTerms({ measure, rank }: { measure: string; rank: Rank | null }) {
  const { d } = useLang()
  const factor = useFactorName()
  if (!rank) return <span className="hold">{d.call.rankOpen}</span>
  return (
    <>
      {rank.by.map((w) => `${factor(measure, w.factor)} ${w.weight}`).join(d.app.listComma)}
      <div className="note">{[d.call.normalises[rank.normalise], fill(d.call.tiesAre, { rule: d.call.tie[rank.ties] }), rank.bar ? `${d.call.bar} ${rank.bar}` : ''].filter(Boolean).join(d.app.listComma)}</div>
    </>
  )
}
