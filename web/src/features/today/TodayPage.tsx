import './today.css'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { mayOpen } from '@/app/nav'
import { isOrganisation, type RoleName } from '@/features/session/model'
import { useSession } from '@/features/session/session'
import { TargetsCard } from '@/features/target/TargetsCard'
import { fill, Say, useLang } from '@/i18n'
import { isZero, share, sum } from '@/money/fen'
import { useUnit } from '@/money/unit'
import { Card } from '@/pattern/layout/Card'
import { PageHead } from '@/pattern/layout/PageHead'
import { BudgetTable, type BudgetLine } from '@/pattern/money/BudgetTable'
import { MoneyBarKey } from '@/pattern/money/MoneyBar'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty } from '@/pattern/state/states'
import { useToday, useTodos } from './api'
import { Inbox } from './Inbox'
import { Todos } from './Todos'
import { byUrgency, dueToday, overdue, type Today, type Waiting } from './model'

/** What waits for me, and what is left of the money. */
export default function TodayPage() {
  const { d } = useLang()
  const { unit } = useUnit()
  const session = useSession()
  const organisation = isOrganisation(session.active?.role)
  const today = useToday()
  const goals = session.active?.role === 'office'
  return (
    <>
      <PageHead title={organisation ? d.today.titleOrg : d.today.title} sentence={today.data && <Sentence today={today.data} organisation={organisation} />} />
      <div className="stack">
        <div className={goals ? 'columns' : ''}>
          <div className="stack">
            <Card title={d.today.inbox} note={d.today.inboxNote} flush>
              <Loaded query={today} lines={5}>
                {(t) =>
                  t.waiting.length === 0 ? (
                    <Empty title={d.today.nothing} next={<Next role={session.active?.role} />} />
                  ) : (
                    <Waitlist rows={byUrgency(t.waiting)} showOrg={!organisation} />
                  )
                }
              </Loaded>
            </Card>
            <Todos />
          </div>
          {goals && <TargetsCard />}
        </div>
        {!organisation && (today.data?.budgets.length ?? 0) > 0 && (
          <Card title={d.today.budgets} note={fill(d.today.budgetsNote, { year: today.data?.year ?? '', unit: unit === 'wan' ? d.money.wan : d.money.yuan })} extra={<MoneyBarKey />} flush>
            <Loaded query={today} lines={6}>
              {(t) => <BudgetTable rows={t.budgets} />}
            </Loaded>
          </Card>
        )}
      </div>
    </>
  )
}

/** The first step when nothing waits: a page that the role may open. */
function Next({ role }: { role: RoleName | undefined }) {
  const { d } = useLang()
  if (mayOpen(role, '/match')) return <Link to="/match">{d.today.nothingNextOrg}</Link>
  return mayOpen(role, '/applications') ? <Link to="/applications">{d.today.nothingNext}</Link> : <Link to="/policy">{d.session.readPolicy}</Link>
}

/** The first rows, so that the money below is seen too; the rest on demand. */
function Waitlist({ rows, showOrg }: { rows: Waiting[]; showOrg: boolean }) {
  const { d } = useLang()
  const [all, setAll] = useState(false)
  return (
    <>
      <Inbox rows={all ? rows : rows.slice(0, FIRST)} showOrg={showOrg} />
      {!all && rows.length > FIRST && (
        <div className="card-body">
          <Button size="small" onClick={() => setAll(true)}>
            {fill(d.today.rest, { n: rows.length - FIRST })}
          </Button>
        </div>
      )}
    </>
  )
}

const FIRST = 8

function Sentence({ today, organisation }: { today: Today; organisation: boolean }) {
  const { d } = useLang()
  const todos = useTodos().data
  const others = todos?.reduce((n, t) => n + t.count, 0) ?? 0
  const mine = today.waiting.length
  const late = overdue(today.waiting).length
  const due = dueToday(today.waiting).length
  const to = (n: number, className: string) => (
    <a href="#main">
      <b className={className}>{n}</b>
    </a>
  )
  return (
    <>
      {mine > 0 && <Say text={d.today.sentence} parts={{ n: to(mine, '') }} />}
      {mine === 0 && todos?.length === 0 && d.today.sentenceNone}
      {late > 0 && <Say text={d.today.sentenceLate} parts={{ n: to(late, 'bad') }} />}
      {due > 0 && <Say text={d.today.sentenceDue} parts={{ n: to(due, 'lacking') }} />}
      {others > 0 && <Say text={mine > 0 ? d.today.sentenceOther : d.today.sentenceOnlyOther} parts={{ n: to(others, '') }} />}
      {(mine > 0 || todos) && d.today.stop}
      {!organisation && <MoneySentence budgets={today.budgets} />}
    </>
  )
}

function MoneySentence({ budgets }: { budgets: BudgetLine[] }) {
  const { d } = useLang()
  const ceiling = sum(budgets.map((b) => b.ceiling_fen))
  if (isZero(ceiling)) return null
  const of = (amount: string) => (
    <Link to="/ledger">
      <b>{Math.round(share(amount, ceiling))}%</b>
    </Link>
  )
  return <Say text={d.today.sentenceMoney} parts={{ paid: of(sum(budgets.map((b) => b.paid_fen))), held: of(sum(budgets.map((b) => b.held_fen))) }} />
}
