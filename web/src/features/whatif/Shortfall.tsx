import { Link } from 'react-router'
import { fill, Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import { OutcomeShape } from '@/pattern/outcome/Outcome'
import { CHOICES, effectOf, type Simulation, type WhenShort } from './model'

/** What happens beyond the budget: the text does not say (A3), so all three ways are worked out. */
export function Shortfall({ simulation: s, chosen, onChoose }: { simulation: Simulation; chosen: WhenShort; onChoose: (id: WhenShort) => void }) {
  const { d } = useLang()
  const e = effectOf(s)
  if (s.budget_fen === null)
    return (
      <div className="shortfall">
        <h2>{d.whatifPage.budget}</h2>
        <p className="soft">{d.whatifPage.noBudget}</p>
      </div>
    )
  if (isZero(e.over_fen))
    return (
      <div className="shortfall">
        <h2>{d.whatifPage.budget}</h2>
        <p className="soft">
          <Say text={d.whatifPage.within} parts={{ budget: <Money fen={s.budget_fen} overview /> }} />
        </p>
      </div>
    )
  return (
    <div className="shortfall">
      <h2>
        <Say text={d.whatifPage.over} parts={{ over: <Money fen={e.over_fen} overview /> }} />
      </h2>
      <p className="hold note">
        <OutcomeShape outcome="undecided" /> {d.whatifPage.overNote} <Link to="/policy/questions#A3">A3</Link>
      </p>
      <div role="radiogroup" aria-label={d.whatifPage.overNote} className="choices">
        {CHOICES.map((id) => {
          const choice = s.choices.find((c) => c.id === id)
          return (
            <label key={id} className={id === chosen ? 'choice chosen' : 'choice'}>
              <input type="radio" name="when_short" checked={id === chosen} onChange={() => onChoose(id)} />
              <span>
                <b>{d.whatifPage.choice[id]}</b>
                <span className="note">{d.whatifPage.choiceNote[id]}</span>
                {choice && (
                  <span className="note">
                    <Say text={d.whatifPage.choicePaid} parts={{ paid: <Money fen={choice.paid_fen} overview /> }} />
                    {choice.cut > 0 && ` ${fill(d.whatifPage.choiceCut, { n: choice.cut })}`}
                    {!isZero(choice.carried_fen) && (
                      <>
                        {' '}
                        <Say text={d.whatifPage.choiceCarried} parts={{ sum: <Money fen={choice.carried_fen} overview /> }} />
                      </>
                    )}
                  </span>
                )}
              </span>
            </label>
          )
        })}
      </div>
    </div>
  )
}
