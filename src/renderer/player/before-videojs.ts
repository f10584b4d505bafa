/** video.js reads this when it is loaded, so this file is imported before it: no style elements, which the content security policy would block. */
window.VIDEOJS_NO_DYNAMIC_STYLE = true;
