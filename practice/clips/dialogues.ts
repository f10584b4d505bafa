/** The fictional consultations that the demo clips show. Every word and every person is invented. */

export type Hair = 'short' | 'bob' | 'bun' | 'bald' | 'curly' | 'scarf';
export type Look = { skin: string; hair: string; style: Hair; clothes: string; wall: string; glasses?: true; beard?: true };
export type Voice = { name: string; speed: number; pitch: number };
export type Actor = { voice: Voice; look: Look };
/** One turn: who speaks, then the sentences, each of which becomes a caption. */
export type Turn = readonly ['Doctor' | 'Patient', ...string[]];
export type Dialogue = { number: number; id: string; title: string; audioOnly?: true; doctor: Actor; patient: Actor; turns: readonly Turn[] };

const woman = (name: string, pitch = 55, speed = 168): Voice => ({ name, pitch, speed });
const man = (name: string, pitch = 40, speed = 165): Voice => ({ name, pitch, speed });

export const dialogues: readonly Dialogue[] = [
  {
    number: 1, id: 'knee', title: 'Knee pain after running',
    doctor: { voice: woman('en-gb-x-rp+f3'), look: { skin: '#8d5a3c', hair: '#2b1d18', style: 'bun', clothes: '#2f6f8f', wall: '#dfe9ec' } },
    patient: { voice: man('en-gb+m3'), look: { skin: '#f1c7a3', hair: '#7a4a21', style: 'short', clothes: '#6b8e4e', wall: '#efe3cf', beard: true } },
    turns: [
      ['Doctor', 'Good morning.', 'What would you like to talk about today?'],
      ['Patient', 'It is my left knee.', 'It has been sore for about three weeks.'],
      ['Doctor', 'I am sorry to hear that.', 'Do you remember how it started?'],
      ['Patient', 'I started running in the park again.', 'It hurts most when I go down stairs.'],
      ['Doctor', 'Has it been swollen, or has it locked or given way?'],
      ['Patient', 'No, nothing like that.', 'I was worried that I had worn it out.'],
      ['Doctor', 'That is a common worry.', 'From what you say, the joint itself sounds healthy.', 'I think the kneecap is being overworked.'],
      ['Patient', 'So should I stop running?'],
      ['Doctor', 'Rest for two weeks, then build up slowly.', 'I will send you some exercises.', 'If it swells or gives way, call us the same day.'],
      ['Patient', 'Two weeks, then slowly.', 'I can do that.', 'Thank you, doctor.'],
    ],
  },
  {
    number: 2, id: 'headache', title: 'Headaches at the end of the day',
    doctor: { voice: man('en-gb-x-rp+m7', 45), look: { skin: '#f0c8a8', hair: '#5d5d5d', style: 'short', clothes: '#45526e', wall: '#e6e4ee', glasses: true } },
    patient: { voice: woman('en-gb-scotland+f2', 58), look: { skin: '#c68a5f', hair: '#1f1a1a', style: 'bob', clothes: '#b4505f', wall: '#f3e6dc' } },
    turns: [
      ['Doctor', 'Hello, thank you for calling.', 'How can I help?'],
      ['Patient', 'I keep getting headaches.', 'They come nearly every afternoon.'],
      ['Doctor', 'Tell me more about them.'],
      ['Patient', 'It feels like a tight band around my head.', 'It starts at about three, when I have been at the screen all day.'],
      ['Doctor', 'Any change in your sight, weakness, or being sick?'],
      ['Patient', 'No.', 'My mother had migraines, so I was a bit frightened.'],
      ['Doctor', 'I can see why.', 'This sounds much more like tension headache.', 'What do you do when it comes?'],
      ['Patient', 'I take a tablet, most days really.'],
      ['Doctor', 'Tablets on most days can keep headaches going.', 'Shall we try fewer tablets, more breaks, and an eye test?'],
      ['Patient', 'Yes, that makes sense to me.'],
      ['Doctor', 'Keep a diary, and let us speak in four weeks.', 'If one is sudden and severe, call an ambulance.'],
    ],
  },
  {
    number: 3, id: 'asthma', title: 'Asthma review',
    doctor: { voice: woman('en-gb+f4', 50), look: { skin: '#f3d2b8', hair: '#a8642a', style: 'bob', clothes: '#3f7d6e', wall: '#e3eee6', glasses: true } },
    patient: { voice: woman('en-gb-x-gbclan+f1', 62, 172), look: { skin: '#d9a679', hair: '#35507a', style: 'scarf', clothes: '#54698f', wall: '#ece7da' } },
    turns: [
      ['Doctor', 'Hello, this is your yearly asthma review.', 'How has your breathing been?'],
      ['Patient', 'Mostly fine.', 'I have been coughing at night this month.'],
      ['Doctor', 'How many nights in a week would you say?'],
      ['Patient', 'Perhaps three.', 'And I use the blue inhaler every day now.'],
      ['Doctor', 'That tells me it is not quite under control.', 'Are you using the brown one, morning and evening?'],
      ['Patient', 'To be honest, I forget the evening one.', 'Some days I forget both.'],
      ['Doctor', 'Thank you for telling me.', 'Many people do.', 'What would make it easier?'],
      ['Patient', 'If I kept it next to my toothbrush, I would see it.'],
      ['Doctor', 'That is a very good plan.', 'Could you show me how you breathe it in?'],
      ['Patient', 'Like this. Slowly, and then I hold it.'],
      ['Doctor', 'That is just right.', 'We will check again in six weeks.', 'If you cannot finish a sentence, call an ambulance.'],
    ],
  },
  {
    number: 4, id: 'sleep', title: 'Trouble sleeping',
    doctor: { voice: man('en-gb+m1', 42), look: { skin: '#6f4630', hair: '#1b1512', style: 'curly', clothes: '#7a5c8e', wall: '#e9e6e0' } },
    patient: { voice: man('en-gb-x-gbcwmd+m5', 35, 160), look: { skin: '#f2cdb0', hair: '#cfcfcf', style: 'bald', clothes: '#9a7b4f', wall: '#dde6ee', glasses: true } },
    turns: [
      ['Doctor', 'Good afternoon.', 'What can I do for you?'],
      ['Patient', 'I cannot sleep, doctor.', 'I wake at four and lie there.'],
      ['Doctor', 'How long has that been going on?'],
      ['Patient', 'Since I retired.', 'Two months, I should think.'],
      ['Doctor', 'Retiring is a big change.', 'How have you been in yourself?'],
      ['Patient', 'A little lost, if I am honest.', 'I miss the people at work.'],
      ['Doctor', 'I am glad you said so.', 'Do you still enjoy things, or has that gone?'],
      ['Patient', 'I enjoy the garden.', 'And my grandchildren on a Sunday.'],
      ['Doctor', 'Good.', 'What had you hoped that I would do today?'],
      ['Patient', 'I thought you might give me tablets.'],
      ['Doctor', 'We could, but they rarely help for long.', 'May I suggest a sleep course, and a walking group?'],
      ['Patient', 'A walking group. Yes, I would like that.'],
      ['Doctor', 'Then let us meet again in three weeks.'],
    ],
  },
  {
    number: 5, id: 'pressure', title: 'Blood pressure results',
    doctor: { voice: woman('en-gb-x-rp+f1', 52), look: { skin: '#c98f66', hair: '#14213d', style: 'scarf', clothes: '#33658a', wall: '#e8ecef' } },
    patient: { voice: man('en-gb-scotland+m2', 38), look: { skin: '#7d4f35', hair: '#2a2220', style: 'curly', clothes: '#c0763b', wall: '#e6eadb', beard: true } },
    turns: [
      ['Doctor', 'Hello again.', 'You measured your blood pressure at home for a week.'],
      ['Patient', 'I did, twice a day.', 'The numbers seemed high to me.'],
      ['Doctor', 'The average is one hundred and forty eight over ninety two.', 'That is higher than we would like.'],
      ['Patient', 'My father had a stroke.', 'That is what I keep thinking about.'],
      ['Doctor', 'I understand.', 'Bringing it down now is how we lower that risk.'],
      ['Patient', 'Does it mean tablets for life?'],
      ['Doctor', 'Not always.', 'Some people manage with less salt, more walking and less weight.', 'Others need a tablet as well.'],
      ['Patient', 'I would like to try without, at first.'],
      ['Doctor', 'That is reasonable, for three months.', 'We should also do a blood test and a heart tracing.'],
      ['Patient', 'So, a blood test, less salt, and come back in three months.'],
      ['Doctor', 'Exactly.', 'Call us sooner if you have chest pain or a bad headache.'],
    ],
  },
  {
    number: 6, id: 'back', title: 'Back pain at work',
    doctor: { voice: man('en-gb-x-rp+m3', 48), look: { skin: '#e2b48c', hair: '#2d2a28', style: 'short', clothes: '#4d7ea8', wall: '#ebe5e0', beard: true } },
    patient: { voice: woman('en-gb+f5', 60), look: { skin: '#f6d6bf', hair: '#d2a04c', style: 'bun', clothes: '#7f4f6b', wall: '#e0ebe8' } },
    turns: [
      ['Doctor', 'Hello.', 'I see that you wanted to talk about your back.'],
      ['Patient', 'Yes.', 'I lifted a box at work on Monday and felt it go.'],
      ['Doctor', 'That sounds painful.', 'Where do you feel it now?'],
      ['Patient', 'Low down, on the right.', 'It goes into my leg a little, not past the knee.'],
      ['Doctor', 'Any numbness, or trouble passing water?'],
      ['Patient', 'No, none of that.', 'I am only afraid of making it worse.'],
      ['Doctor', 'Moving will not harm it.', 'In fact gentle movement is the best treatment.'],
      ['Patient', 'I had been lying down all day.'],
      ['Doctor', 'Many people do.', 'Try a short walk every hour, and a warm bottle.', 'Does your work allow lighter duties?'],
      ['Patient', 'I think so, if you write me a note.'],
      ['Doctor', 'I will do that for two weeks.', 'If your legs go weak or numb, go to hospital at once.'],
      ['Patient', 'Numb or weak, straight to hospital.', 'Thank you.'],
    ],
  },
  {
    number: 7, id: 'hayfever', title: 'Hay fever, by telephone', audioOnly: true,
    doctor: { voice: woman('en-gb-x-rp+f2', 54), look: { skin: '#f0c8a8', hair: '#5d5d5d', style: 'bob', clothes: '#45526e', wall: '#e6e4ee' } },
    patient: { voice: man('en-gb+m4', 44), look: { skin: '#f0c8a8', hair: '#5d5d5d', style: 'short', clothes: '#45526e', wall: '#e6e4ee' } },
    turns: [
      ['Doctor', 'Hello, this is the surgery.', 'Is now a good time to talk?'],
      ['Patient', 'Yes, thank you for ringing.', 'My hay fever is dreadful this year.'],
      ['Doctor', 'What troubles you most?'],
      ['Patient', 'My eyes.', 'They itch all day, and I cannot drive like that.'],
      ['Doctor', 'What have you tried so far?'],
      ['Patient', 'Tablets from the chemist.', 'They make me sleepy.'],
      ['Doctor', 'There is one that makes people less sleepy.', 'We can add eye drops and a nasal spray.'],
      ['Patient', 'Can I take them all together?'],
      ['Doctor', 'You can.', 'Start the spray today, it needs a week to work.', 'Do not drive if you feel sleepy.'],
      ['Patient', 'The spray every day, and drops when I need them.'],
      ['Doctor', 'That is right.', 'If you wheeze or cannot breathe well, ring us at once.'],
      ['Patient', 'I will. Goodbye.'],
    ],
  },
];
