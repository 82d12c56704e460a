import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { currentLang, fill, LangProvider, Say, useLang } from '.'
import { en } from './en'
import { zh } from './zh'

function places(dictionary: object, path = ''): [string, string][] {
  return Object.entries(dictionary).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, [...value.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join(' ')] as [string, string]] : places(value as object, `${path}${key}.`),
  )
}

it('has the same places to fill in both languages', () => expect(Object.fromEntries(places(en))).toEqual(Object.fromEntries(places(zh))))

it('fills what it is given and leaves the rest visible', () => expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}'))

it('puts elements into a sentence', () => {
  render(<p><Say text="共 {n} 件，{late} 件超时" parts={{ n: <b>12</b>, late: <i>1</i> }} /></p>)
  expect(screen.getByText('12').tagName).toBe('B')
  expect(document.querySelector('p')?.textContent).toBe('共 12 件，1 件超时')
})

function Switcher() {
  const { d, setLang, say } = useLang()
  return <button onClick={() => setLang('en')}>{`${d.nav.today} ${say({ zh: '甲', en: 'A' })}`}</button>
}

it('switches, remembers, and tells the page its language', async () => {
  render(<LangProvider><Switcher /></LangProvider>)
  expect(document.documentElement.lang).toBe('zh-CN')
  await userEvent.click(screen.getByRole('button', { name: '今天 甲' }))
  expect(screen.getByRole('button', { name: 'Today A' })).toBeTruthy()
  expect(document.documentElement.lang).toBe('en')
  expect(currentLang()).toBe('en')
})
