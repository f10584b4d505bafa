/** Text that somebody else wrote, as one line that a terminal shows and does not obey: control characters, line ends and what turns the direction of a line become U+FFFD. */
export const plainLine = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
