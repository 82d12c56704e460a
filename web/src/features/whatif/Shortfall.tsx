import { Link } from 'react-router'
import { Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import { OutcomeShape } from '@/pattern/outcome/Outcome'
import type { Simulation, WhenShort } from './model'

/** What happens beyond the budget: the text does not say (A3), so all three ways are worked out. */
export function Shortfall({ simulation: s, chosen, onChoose }: { simulation: Simulation; chosen: WhenShort; onChoose: (id: WhenShort) => void }) {
  const { d, say } = useLang()
  const { budget_fen, over_fen } = s.after
  if (budget_fen === null)
    return (
      <div className="shortfall">
        <h2>{d.whatifPage.budget}</h2>
        <p className="soft">{d.whatifPage.noBudget}</p>
      </div>
    )
  if (isZero(over_fen))
    return (
      <div className="shortfall">
        <h2>{d.whatifPage.budget}</h2>
        <p className="soft">
          <Say text={d.whatifPage.within} parts={{ budget: <Money fen={budget_fen} overview /> }} />
        </p>
      </div>
    )
  return (
    <div className="shortfall">
      <h2>
        <Say text={d.whatifPage.over} parts={{ over: <Money fen={over_fen} overview /> }} />
      </h2>
      <p className="hold note">
        <OutcomeShape outcome="undecided" /> {d.whatifPage.overNote} <Link to="/policy/questions#A3">A3</Link>
      </p>
      <div role="radiogroup" aria-label={d.whatifPage.overNote} className="choices">
        {s.choices.map((choice) => (
          <label key={choice.id} className={choice.id === chosen ? 'choice chosen' : 'choice'}>
            <input type="radio" name="when_short" checked={choice.id === chosen} onChange={() => onChoose(choice.id)} />
            <span>
              <b>{say(choice.name)}</b>
              <span className="note">{say(choice.note)}</span>
            </span>
          </label>
        ))}
      </div>
    </div>
  )
}
