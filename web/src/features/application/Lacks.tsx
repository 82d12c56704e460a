import './form.css'
import { Link } from 'react-router'
import { fill, useLang } from '@/i18n'
import type { Draft, Form } from './model'

/** What the rule still lacks, and for each the step to get it. */
export function Lacks({ lacking, declared }: { lacking: Form['lacking']; declared: Draft['declared'] }) {
  const { d, say } = useLang()
  if (lacking.length === 0) return null
  return (
    <div className="card lacks-card">
      <b>{fill(d.form.lacking, { n: lacking.length })}</b>
      <ul className="lacks">
        {lacking.map((lack) => {
          const filled = declared[lack.fact_kind] !== undefined
          const { link, text } = lack.step
          return (
            <li key={lack.fact_kind + (lack.attribute ?? '')}>
              {say(lack.text)} {filled && <span className="chip">{d.form.filled}</span>}
              <div className="note">
                {say(text)} {link.startsWith('#') ? <a href={link}>{d.form.goFill}</a> : link && <Link to={link}>{link.startsWith('/evidence') ? d.form.goSee : d.form.goEnter}</Link>}
              </div>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
