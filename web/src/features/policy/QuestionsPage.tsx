import './policy.css'
import { useEffect } from 'react'
import { Link, useLocation } from 'react-router'
import { fill, Say, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { OutcomeChip } from '@/pattern/outcome/Outcome'
import { Loaded } from '@/pattern/state/Loaded'
import { useGuides, useQuestions } from './api'
import type { Guide, Question } from './model'

/** What the texts leave open, who ruled what in which year's guide. */
export default function QuestionsPage() {
  const { d } = useLang()
  const questions = useQuestions()
  const guides = useGuides()
  const { hash } = useLocation()
  useEffect(() => {
    if (hash && questions.data) document.getElementById(hash.slice(1))?.scrollIntoView?.({ block: 'start' })
  }, [hash, questions.data])
  const open = questions.data?.filter((q) => q.rulings.length === 0).length ?? 0
  return (
    <>
      <PageHead
        title={d.policy.questionsTitle}
        crumbs={<Link to="/policy">{d.nav.policy}</Link>}
        sentence={questions.data && <Say text={d.policy.questionsSentence} parts={{ n: <b>{questions.data.length}</b>, open: <b className="hold">{open}</b> }} />}
      />
      <div className="columns">
        <Card title={d.policy.questionsTitle} flush>
          <Loaded query={questions} lines={8}>
            {(rows) => (
              <ul>
                {rows.map((q) => (
                  <QuestionRow key={q.id} question={q} here={hash === `#${q.id}`} />
                ))}
              </ul>
            )}
          </Loaded>
        </Card>
        <div className="stack">
          <Loaded query={guides}>{(rows) => rows.map((g) => <GuideCard key={g.year} guide={g} />)}</Loaded>
        </div>
      </div>
    </>
  )
}

function QuestionRow({ question: q, here }: { question: Question; here: boolean }) {
  const { d, say } = useLang()
  return (
    <li id={q.id} className={here ? 'question chosen' : 'question'}>
      <div className="row">
        <b className="hold">{q.id}</b>
        <b>{say(q.title)}</b>
        {q.rulings.length === 0 && <OutcomeChip outcome="undecided" />}
        {q.where.map((c) => (
          <ClauseRef key={c.document + c.path} clause={c} />
        ))}
      </div>
      {say(q.text) !== say(q.title) && <p className="soft prose">{say(q.text)}</p>}
      {q.rulings.map((r) => (
        <p key={r.year}>
          <span className="chip chip-eligible">{fill(d.policy.guideYear, { year: r.year })}</span> {say(r.choice)} <span className="note">{say(r.by)}</span>
        </p>
      ))}
      {q.default && (
        <p className="note">
          {d.policy.safeDefault} {say(q.default)}
        </p>
      )}
      {q.blocks.length > 0 && (
        <p className="note">
          {d.policy.blocks} <span className="mono">{q.blocks.join(' ')}</span>
        </p>
      )}
    </li>
  )
}

function GuideCard({ guide }: { guide: Guide }) {
  const { d, say } = useLang()
  return (
    <Card title={say(guide.name)} extra={guide.example && <span className="chip">{d.app.example}</span>}>
      <ul className="guide-rulings">
        {guide.rulings.map((r) => (
          <li key={r.question}>
            <a href={`#${r.question}`} className="hold">
              {r.question}
            </a>{' '}
            {say(r.choice)}
          </li>
        ))}
      </ul>
      {guide.budgets.length > 0 && (
        <ul className="guide-budgets">
          {guide.budgets.map((b) => (
            <li key={b.measure} className="spread">
              <span className="mono">{b.measure}</span>
              <Money fen={b.amount_fen} overview />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
